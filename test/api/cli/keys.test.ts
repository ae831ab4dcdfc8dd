import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { createKeys } from '../../../providers/keys/keys';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { loadOperation } from '../../../registry/operations/operations';
import { builtProduct } from '../../../stack/product/build';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the keys command: not run, this machine has no PostgreSQL');

suite('the keys command', () => {
  const entry = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
  const [old, fresh] = [entry('old'), entry('new')];
  let registry: TestRegistry;
  let tenants: AcceptedTenant[];
  let program: string;
  beforeAll(async () => {
    registry = await createTestRegistry();
    program = await builtProduct();
    const before = { ...registry, keys: createKeys(parseKeyRing(old), []) };
    tenants = [await acceptTenant(before), await acceptTenant(before)];
  });
  afterAll(() => registry.drop());

  const run = (args: string[], ring: string): Promise<{ status: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH!, REGISTRY_URL: registry.url, KEY_RING: ring };
      const command = [path.join(program, 'api/cli/keys.js'), ...args];
      execFile(process.execPath, command, { env }, (error, out, err) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
    });

  test('reports what it cannot open, supports a dry run, and then moves everything to the new key', async () => {
    expect(await run(['rewrap'], fresh)).toMatchObject({
      status: 1,
      out: 'local  old  3\n',
      err: expect.stringContaining('no key old') as string,
    });
    const both = `${fresh},${old}`;
    expect(await run(['rewrap', '--dry-run'], both)).toMatchObject({ status: 0, out: 'local  old  3\n' });
    const done = await run(['rewrap'], both);
    expect(done).toMatchObject({ status: 0, out: 'local  new  3\n', err: '3 rewrapped with new, 0 failed\n' });
    expect(await run(['status'], fresh)).toMatchObject({ status: 0, out: 'local  new  3\n' });
    const after = createKeys(parseKeyRing(fresh), []);
    for (const { operationId, order } of tenants)
      expect((await loadOperation(registry.pool, after, operationId))?.order).toEqual(order);
    for (const { out, err } of [done])
      for (const ring of [old, fresh]) expect(out + err).not.toContain(ring.split(':')[1]);
  }, 180_000);

  test('discloses no backup key without a reason or for a missing backup', async () => {
    const [silent, unknown] = await Promise.all([
      run(['disclose', 'bk_1'], old),
      run(['disclose', 'bk_1', '--reason', 'An audit.'], old),
    ]);
    expect(silent).toMatchObject({ status: 1, out: '', err: expect.stringContaining("'--reason <text>'") as string });
    expect(unknown).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringContaining('Backup bk_1 does not exist') as string,
    });
  });
});
