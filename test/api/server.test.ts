import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { builtProduct } from '../../stack/product/build';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';
import { order } from '../helpers/api';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the API as a process: not run, this machine has no PostgreSQL');

const root = path.resolve(__dirname, '../..');

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

suite('the API as a process', () => {
  let registry: TestRegistry;
  let env: NodeJS.ProcessEnv;
  let program: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    registry = await createTestRegistry();
    program = await builtProduct();
    env = {
      PATH: process.env.PATH,
      REGISTRY_URL: registry.url,
      KEY_RING: `k1:${randomBytes(32).toString('base64')}`,
      CODEC_KEY_RING: `c1:${randomBytes(32).toString('base64')}`,
      // Nothing listens on this address: the API must work without Temporal.
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
      PORT: '0',
      PUBLIC_URL: 'http://provisioner.example',
    };
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await registry.drop();
  });

  function run(
    file: string,
    args: string[] = [],
    environment = env,
  ): { child: ChildProcess; ended: Promise<Ended>; output: Ended } {
    const child = spawn(process.execPath, [path.join(program, file), ...args], { cwd: root, env: environment });
    children.push(child);
    const output: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
    const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ ...output, code })));
    return { child, ended, output };
  }

  async function started(): Promise<{ url: string; child: ChildProcess; ended: Promise<Ended> }> {
    const { child, ended, output } = run('api/server.js');
    for (;;) {
      const url = /"url":"([^"]+)","msg":"api listening"/.exec(output.stdout)?.[1];
      if (url !== undefined) return { url, child, ended };
      await Promise.race([
        new Promise((resolve) => child.stdout!.once('data', resolve)),
        ended.then(({ stderr }) => Promise.reject(new Error(`It ended: ${stderr}`))),
      ]);
    }
  }

  test('without configuration it names the missing variables and stops', async () => {
    const { code, stderr, stdout } = await run('api/server.js', [], {
      PATH: process.env.PATH,
      TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
    }).ended;
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /REGISTRY_URL is missing: the control plane’s database, .*For example REGISTRY_URL=postgres:/,
    );
    expect(stderr).not.toMatch(/ at .*\.js:/);
  });

  test('a token created on the command line works, is listed without its secret, and stops working when revoked', async () => {
    const create = await run('api/cli/tokens.js', [
      'create',
      '--name',
      'sign-up',
      '--role',
      'tenants:order',
      '--expires',
      '2d',
    ]).ended;
    expect(create.code).toBe(0);
    const token = create.stdout.trim();
    expect(token).toMatch(/^tp_/);
    expect(create.stderr).not.toContain(token);
    const { url, child, ended } = await started();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/tenants`, { method: 'POST', headers, body: JSON.stringify(order()) });
    expect(response.status).toBe(202);

    const list = await run('api/cli/tokens.js', ['list']).ended;
    expect(list.stdout).toMatch(/sign-up {2}tenants:order {2}valid/);
    expect(list.stdout).not.toContain(token);
    const prefix = token.split('_')[1]!;
    expect((await run('api/cli/tokens.js', ['revoke', prefix]).ended).code).toBe(0);
    expect((await fetch(`${url}/v1/operations`, { headers })).status).toBe(401);
    expect((await run('api/cli/tokens.js', ['revoke', prefix]).ended).code).toBe(1);

    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('"msg":"api stopped"');
    expect(stdout).not.toMatch(/grace|tp_[0-9a-f]{8}_/);
  });

  test('the template of every plan is recorded once, however often the API starts', async () => {
    for (let starts = 0; starts < 2; starts += 1) {
      const { child, ended } = await started();
      child.kill('SIGTERM');
      await ended;
    }
    const { rows } = await registry.pool.query(`select plan from template_version order by plan`);
    expect(rows).toEqual([{ plan: 'enterprise' }, { plan: 'professional' }, { plan: 'starter' }]);
  });

  test('a token with an invalid name, an unknown role or no expiry is not created', async () => {
    const cases: [args: string[], message: RegExp][] = [
      [['--name', 'Bad Name', '--role', 'tenants:order'], /lower-case/],
      [['--name', 'x', '--role', 'tenants:all'], /Unknown role tenants:all/],
      [['--name', 'x', '--role', 'tenants:order', '--expires', '0d'], /1d to 3650d/],
    ];
    await Promise.all(
      cases.map(async ([args, message]) => {
        const { code, stderr } = await run('api/cli/tokens.js', ['create', ...args]).ended;
        expect([code, stderr]).toEqual([1, expect.stringMatching(message) as string]);
      }),
    );
  });

  test('no accepted order is lost, whenever the API is killed', async () => {
    const create = await run('api/cli/tokens.js', ['create', '--name', 'killer', '--role', 'tenants:order']).ended;
    const headers = { authorization: `Bearer ${create.stdout.trim()}`, 'content-type': 'application/json' };
    const { url, child, ended } = await started();
    const orders = Array.from({ length: 20 }, async (_, n) => {
      const body = JSON.stringify(order());
      const response = await fetch(`${url}/v1/tenants`, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': `kill-${n}` },
        body,
      });
      return { n, body, accepted: (await response.json()) as { operationId: string } };
    });
    // Temporal is down, so every answer waits for it. The kill comes during that wait.
    const { rows } = await (async () => {
      for (;;) {
        const found = await registry.pool.query<{ count: number }>(
          `select count(*)::int as count from operation where caller = 'token:killer'`,
        );
        if (found.rows[0]!.count > 0) return found;
      }
    })();
    child.kill('SIGKILL');
    await ended;
    const settled = await Promise.allSettled(orders);
    expect(rows[0]!.count).toBeGreaterThan(0);
    const kept = await registry.pool.query<{ operation_id: string }>(
      `select operation_id from operation where caller = 'token:killer' and started_at is null`,
    );
    const ids = kept.rows.map((row) => row.operation_id);
    for (const result of settled)
      if (result.status === 'fulfilled') expect(ids).toContain(result.value.accepted.operationId);
  });
});
