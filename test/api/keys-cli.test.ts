import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createKeys } from '../../activities/adapters/keys/keys';
import { parseKeyRing } from '../../contract/key-ring';
import { loadOperation } from '../../registry/operations';
import { acceptTenant, type AcceptedTenant } from '../helpers/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the command about keys: not run, this machine has no PostgreSQL');

suite('the command about keys', () => {
  const entry = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
  const [old, fresh] = [entry('old'), entry('new')];
  let registry: TestRegistry;
  let tenants: AcceptedTenant[];
  beforeAll(async () => {
    registry = await createTestRegistry();
    const before = { ...registry, keys: createKeys(parseKeyRing(old), []) };
    tenants = [await acceptTenant(before), await acceptTenant(before)];
  });
  afterAll(() => registry.drop());

  const run = (args: string[], ring: string): Promise<{ status: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH!, REGISTRY_URL: registry.url, KEY_RING: ring };
      const command = ['--import', require.resolve('tsx'), 'api/cli/keys.ts', ...args];
      execFile(process.execPath, command, { env }, (error, out, err) =>
        resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
    });

  test('says what it cannot open, tries without changing anything, and then moves everything to the new key', async () => {
    expect(await run(['rewrap'], fresh)).toMatchObject({
      status: 1,
      out: 'local  old  3\n',
      err: expect.stringContaining('no key old') as string,
    });
    const both = `${fresh},${old}`;
    expect(await run(['rewrap', '--dry-run'], both)).toMatchObject({ status: 0, out: 'local  old  3\n' });
    const done = await run(['rewrap'], both);
    expect(done).toMatchObject({ status: 0, out: 'local  new  3\n', err: '3 wrapped with new, 0 not\n' });
    expect(await run(['status'], fresh)).toMatchObject({ status: 0, out: 'local  new  3\n' });
    const after = createKeys(parseKeyRing(fresh), []);
    for (const { operationId, order } of tenants)
      expect((await loadOperation(registry.pool, after, operationId))?.order).toEqual(order);
    for (const { out, err } of [done])
      for (const ring of [old, fresh]) expect(out + err).not.toContain(ring.split(':')[1]);
  }, 180_000);

  test('discloses no key of a backup without a reason, and none of a backup there is not', async () => {
    const [silent, unknown] = await Promise.all([
      run(['disclose', 'bk_1'], old),
      run(['disclose', 'bk_1', '--reason', 'An audit.'], old),
    ]);
    expect(silent).toMatchObject({ status: 1, out: '', err: expect.stringContaining("'--reason <text>'") as string });
    expect(unknown).toMatchObject({
      status: 1,
      out: '',
      err: expect.stringContaining('no good backup bk_1') as string,
    });
  });
});
