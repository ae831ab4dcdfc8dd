import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findValidToken, revokeApiToken } from '../../../registry/credentials/api-tokens';
import { ROLES } from '../../../api/access/roles';
import { CALLERS, productTokens } from '../../../stack/product/tokens';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

describe('API tokens of a local product', () => {
  let registry: TestRegistry;
  const dir = mkdtempSync(join(tmpdir(), 'product-tokens-'));

  beforeAll(async () => {
    if (!hasPostgres()) throw new Error('not run: needs PostgreSQL, which this machine does not have.');
    registry = await createTestRegistry();
  });
  afterAll(async () => {
    await registry?.drop();
    rmSync(dir, { recursive: true });
  });

  test('cover every role', () => {
    expect([...new Set<string>(Object.values(CALLERS).flat())].sort()).toEqual(Object.keys(ROLES).sort());
  });

  test('are valid, have the roles of their caller, and are readable only by the owner of the file', async () => {
    const tokens = await productTokens(dir, registry.url);
    for (const [name, roles] of Object.entries(CALLERS))
      expect(await findValidToken(registry.pool, tokens[name as keyof typeof CALLERS])).toMatchObject({ name, roles });
    expect(statSync(join(dir, 'tokens.json')).mode & 0o777).toBe(0o600);
  });

  test('stay the same in the next run, except for revoked ones', async () => {
    const before = await productTokens(dir, registry.url);
    expect(await productTokens(dir, registry.url)).toEqual(before);
    await revokeApiToken(registry.pool, before.signup.split('_')[1]!);
    const after = await productTokens(dir, registry.url);
    expect(after).toEqual({ ...before, signup: expect.stringMatching(/^tp_/) });
    expect(after.signup).not.toBe(before.signup);
  });
});
