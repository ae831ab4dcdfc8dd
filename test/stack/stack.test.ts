import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { ServerUnavailable } from '../../stack/errors';
import { isAlive } from '../../stack/processes/pid';
import { startStack } from '../../stack/stack';
import { REGIONS, type Stack, type StackEvent } from '../../stack/types';
import { listeningAddresses, LOOPBACK, withDescendants } from './sockets';

// These tests are about starting servers, so running ones must not be used.
delete process.env.STACK_ENDPOINTS;

describe('the stack', () => {
  let dir: string;
  let stack: Stack | undefined;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stack-test-'));
    chmodSync(dir, 0o755);
  });
  afterEach(async () => {
    await stack?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('starts databases, Temporal and object stores on loopback only, keeps their data, and leaves no process', async () => {
    stack = await startStack({ dir, servers: ['postgres', 'temporal', 's3'] });
    await Promise.all([stack.ready('postgres'), stack.ready('temporal'), stack.ready('s3')]);

    expect(stack.processes().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'postgres.registry',
        'temporal',
        ...REGIONS.flatMap((r) => [`postgres.${r}`, `s3.${r}`]),
      ]),
    );
    const pids = withDescendants(stack.processes().map(({ pid }) => pid));
    if (process.platform === 'linux') {
      const addresses = listeningAddresses(pids);
      expect(addresses.length).toBeGreaterThanOrEqual(9);
      expect(addresses.filter((address) => !LOOPBACK.includes(address))).toEqual([]);
    }

    const { postgres } = stack.endpoints;
    const region = postgres?.regions['eu-central']?.url ?? '';
    await query(region, 'create database kept');
    expect(
      await query(region, 'select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user'),
    ).toEqual([{ rolsuper: false, rolcreatedb: true, rolcreaterole: true }]);

    await stack.kill('postgres.eu-central');
    await expect(query(region, 'select 1')).rejects.toThrow();
    await stack.restart('postgres.eu-central');
    expect(await query(region, "select 1 as there from pg_database where datname = 'kept'")).toEqual([{ there: 1 }]);

    await stack.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(join(dir, 'pids'))).toEqual([]);
    expect(statSync(join(dir, 'state.json')).mode & 0o777).toBe(0o600);

    stack = await startStack({ dir, servers: ['postgres'] });
    await stack.ready('postgres');
    expect(stack.endpoints.postgres).toEqual(postgres);
    expect(await query(region, "select 1 as there from pg_database where datname = 'kept'")).toEqual([{ there: 1 }]);
  }, 180_000);

  test('reports an unavailable server with the command that gets it, and continues with the others', async () => {
    const events: StackEvent[] = [];
    process.env.STACK_POSTGRES_BIN = join(dir, 'nothing-here');
    try {
      stack = await startStack({ dir, servers: ['postgres', 's3'], onEvent: (event) => void events.push(event) });
      await expect(stack.ready('postgres')).rejects.toThrow(ServerUnavailable);
    } finally {
      delete process.env.STACK_POSTGRES_BIN;
    }
    await stack.ready('s3');
    expect(stack.unavailable).toEqual([
      expect.objectContaining({ server: 'postgres', command: expect.stringContaining('unset STACK_POSTGRES_BIN') }),
    ]);
    expect(events).toContainEqual(expect.objectContaining({ server: 'postgres', phase: 'unavailable' }));
    expect(Object.keys(stack.endpoints)).toEqual(['s3']);
  }, 180_000);

  test('uses a running server when its endpoints are given', async () => {
    const mail = { smtp: 'smtp://127.0.0.1:25', ui: 'http://127.0.0.1:80', api: 'http://127.0.0.1:80/api/email' };
    writeFileSync(join(dir, 'given.json'), JSON.stringify({ mail }));
    process.env.STACK_ENDPOINTS = join(dir, 'given.json');
    try {
      stack = await startStack({ dir, servers: ['mail'] });
    } finally {
      delete process.env.STACK_ENDPOINTS;
    }
    await stack.ready('mail');
    expect([stack.endpoints, stack.processes()]).toEqual([{ mail }, []]);
  });

  test('gives the scanner’s path before it is fetched, and one line if it cannot be fetched', async () => {
    const { XDG_CACHE_HOME } = process.env;
    // An unreachable package index, and an empty cache.
    Object.assign(process.env, { XDG_CACHE_HOME: dir, PIP_INDEX_URL: 'http://127.0.0.1:1', PIP_RETRIES: '0' });
    try {
      stack = await startStack({ dir, servers: ['scanner'] });
      await stack.known('scanner');
      expect(stack.announced.scanner?.command).toMatch(/\/s3scanner-[^/]*\/s3scanner$/);
      await expect(stack.ready('scanner')).rejects.toThrow(ServerUnavailable);
    } finally {
      delete process.env.PIP_INDEX_URL;
      delete process.env.PIP_RETRIES;
      if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    }
    expect(stack.unavailable).toEqual([
      expect.objectContaining({
        server: 'scanner',
        why: expect.stringMatching(/^pip could not install s3scanner==.*\.$/),
      }),
    ]);
    expect(stack.endpoints).toEqual({});
  });

  test('refuses a folder that another stack uses', async () => {
    stack = await startStack({ dir, servers: [] });
    await expect(startStack({ dir, servers: [] })).rejects.toThrow(/A stack already runs in .*Stop it first/);
  });

  test('can be stopped while it is still starting', async () => {
    stack = await startStack({ dir, servers: ['postgres', 's3'] });
    const ready = stack.ready('postgres');
    await stack.stop();
    await expect(ready).rejects.toThrow();
    expect(stack.processes()).toEqual([]);
  });
});

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}
