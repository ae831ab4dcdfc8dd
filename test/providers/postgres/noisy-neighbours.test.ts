import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { appRole, schemaName } from '../../../providers/postgres/shares/names';
import { createPostgres, type Postgres } from '../../../providers/postgres/postgres';
import { databaseUser } from '../../../stack/servers/postgres/user';
import { newTenantId } from '../../../contract/ids';
import type { ResourceContext } from '../../../providers/port/kind';
import type { DatabaseTemplate } from '../../../templates/template';
import { resourceContext } from '../kind-suite';
import { POSTGRES_VERSIONS, query, startClusters, type Clusters } from './clusters';
import { provision, specOf, type Tenant } from './tenant';

const SQL = join(__dirname, '../../../templates/sql/cell');
const BOUNDS = readFileSync(join(SQL, 'bounds.sql'), 'utf8');
/** Without psql's last line, which makes it repeat the query. */
const WATCH = readFileSync(join(SQL, 'watch.sql'), 'utf8').replace(/\n\\watch.*\n$/, '');

describe.each(POSTGRES_VERSIONS)('a tenant that tries to exhaust a cell, on $title', ({ bin }) => {
  let clusters: Clusters;
  let noisy: Tenant;
  let quiet: Tenant;
  let ownDatabase: Tenant;
  const open: Client[] = [];

  beforeAll(async () => {
    clusters = await startClusters(bin);
    [noisy, quiet] = [await provision(clusters.postgres, 'schema'), await provision(clusters.postgres, 'schema')];
    ownDatabase = await provision(clusters.postgres, 'database');
  }, 240_000);
  afterAll(() => clusters?.stop());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.end().catch(() => {})));
  });

  async function login(tenant: Tenant, settings = ''): Promise<Client> {
    const database = tenant.isolation === 'schema' ? 'app_schemas' : schemaName(tenant.tenantId);
    const client = new Client({
      connectionString: clusters.url(database, appRole(tenant.tenantId), tenant.passwords.app),
      options: settings,
    });
    client.on('error', () => {});
    await client.connect();
    open.push(client);
    return client;
  }
  /** Resolves when the session has ended. The error of the running statement differs in wording. */
  const endOf = (client: Client): Promise<void> => new Promise((resolve) => client.once('end', () => resolve()));
  /** SQLSTATE of a statement's error, or `done`. */
  const outcome = (client: Client, sql: string): Promise<string> =>
    client.query(sql).then(
      () => 'done',
      (error: { code?: string; message: string }) => error.code ?? error.message,
    );
  /** Checks that a neighbour can write and read, and that a new order can still be placed in the cell. */
  async function expectNobodyHurt(): Promise<void> {
    const client = await login(quiet);
    await client.query(`insert into health_check (id) values (gen_random_uuid()::text)`);
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from health_check');
    expect(rows[0]!.count).toBeGreaterThan(0);
    await client.end();
    const ordered = await provision(clusters.postgres, 'schema');
    expect((await ordered.verify()).filter(({ passed }) => !passed)).toEqual([]);
    await ordered.remove();
  }

  test.each([
    ['advisory locks of the session', 'select count(pg_advisory_lock(i)) from generate_series(1, 200000) i'],
    [
      'advisory locks of the transaction',
      'select count(pg_try_advisory_xact_lock_shared(i, 1)) from generate_series(1, 200000) i',
    ],
    ['the locks this program takes', `select pg_advisory_xact_lock(hashtextextended('tenant-provisioner/prepare', 0))`],
    ['locks on objects of the server', `select pg_get_object_address('language', '{sql}', '{}')`],
    ['large objects', 'select count(lo_create(0)) from generate_series(1, 100000)'],
    ['large objects with content', `select lo_from_bytea(0, 'x')`],
    ['the write-ahead log', `select pg_logical_emit_message(false, 'x', repeat('x', 100000000))`],
    ['snapshot files', 'select count(pg_export_snapshot()) from generate_series(1, 100000)'],
    ['temporary tables', 'create temporary table filler (id int)'],
    ['the catalogue, with tables', 'create table filler (id int)'],
    ['the catalogue, with functions', `create function filler() returns int language sql as 'select 1'`],
    ['the catalogue, with extensions', 'create extension pg_trgm'],
    ['replication slots', `select pg_create_logical_replication_slot('filler', 'pgoutput')`],
    ['publications', 'create publication filler for all tables'],
    ['programs of the server', `copy health_check from program 'true'`],
    ['files of the server', `copy health_check to '/tmp/filler'`],
    ['sessions of others', `select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user`],
    ['statements of others', `select pg_cancel_backend(pid) from pg_stat_activity where usename <> current_user`],
    ['statistics of others', 'select pg_stat_reset()'],
    ['the limit of its connections', 'alter role current_user connection limit -1'],
    ['the limit of temporary files', 'set temp_file_limit = -1'],
    ['locks on the catalogue', 'lock table pg_catalog.pg_class in access exclusive mode'],
    ['a restart of the log', 'select pg_switch_wal()'],
    ['check points', 'checkpoint'],
  ])('is refused %s', async (_what, sql) => {
    for (const tenant of [noisy, ownDatabase]) {
      const client = await login(tenant);
      await client.query('begin');
      expect(await outcome(client, sql)).toBe('42501');
    }
  });

  test('is refused prepared transactions', async () => {
    const client = await login(noisy);
    await client.query('begin');
    expect(await outcome(client, `prepare transaction 'filler'`)).toBe('55000');
  });

  test('cannot open more connections than its plan allows', async () => {
    const codes = await Promise.all(
      Array.from({ length: 12 }, () =>
        login(noisy).then(
          () => 'in',
          (error: { code?: string }) => error.code,
        ),
      ),
    );
    expect(codes.filter((code) => code === 'in')).toHaveLength(5);
    expect(new Set(codes)).toEqual(new Set(['in', '53300']));
    await expectNobodyHurt();
  });

  test('affects no other tenant with notifications that a listener does not fetch', async () => {
    const [listener, sender] = [await login(noisy), await login(noisy)];
    await listener.query('listen noise');
    await listener.query('begin');
    await sender.query(`select count(pg_notify('noise', i || repeat('x', 7000))) from generate_series(1, 20000) i`);
    await expectNobodyHurt();
  });

  test('affects no other tenant with all the row and predicate locks it can get', async () => {
    const clients = [await login(noisy), await login(noisy), await login(noisy)];
    await clients[0]!.query(`insert into health_check (id) select 'row-' || i from generate_series(1, 20000) i`);
    for (const client of clients) {
      await client.query('begin isolation level serializable');
      await client.query('select count(*) from (select * from health_check for key share) locked');
      await client.query(
        `select count(*) from generate_series(1, 5000) i, lateral (select from health_check where id = 'row-' || i) x`,
      );
    }
    await expectNobodyHurt();
    await Promise.all(clients.map((client) => client.query('rollback')));
    await clients[0]!.query(`delete from health_check where id like 'row-%'`);
  });

  test('cannot fill the disk with temporary files where temp_file_limit is set', async () => {
    await clusters.superuser(`alter database app_schemas set temp_file_limit = '10MB'`);
    const client = await login(noisy);
    await client.query(`set work_mem = '64kB'`);
    expect(
      await outcome(client, 'select md5(i::text) from generate_series(1, 500000) i order by 1 offset 499999'),
    ).toBe('53400');
    await expectNobodyHurt();
  });

  test('cannot exceed the owner’s limit on address space, and only its own statement fails', async () => {
    const pid = await postmaster();
    if (!limitMemory(pid, 1_000_000_000)) return;
    try {
      const client = await login(noisy);
      const hungry = `select length(repeat('x', 400000000) || repeat('y', 400000000))`;
      expect(await outcome(client, hungry)).toBe('53200');
      expect(await outcome(client, 'select 1')).toBe('done');
      await expectNobodyHurt();
    } finally {
      limitMemory(pid, 'unlimited');
    }
  });

  describe('where the owner runs watch.sql', () => {
    let watching: AbortController;
    let watcher: Promise<void>;
    /** Repeats the query, as `\watch` of psql does. */
    function watch(sql: string): void {
      watching = new AbortController();
      watcher = (async () => {
        const client = new Client({ connectionString: clusters.superuserUrl('cell-1') });
        await client.connect();
        while (!watching.signal.aborted) {
          await client.query(sql);
          await sleep(100);
        }
        await client.end();
      })();
    }
    afterEach(async () => {
      watching.abort();
      await watcher;
    });

    test('a session that takes locks in nested savepoints is ended before the lock table is full', async () => {
      watch(WATCH);
      const client = await login(noisy);
      const ended = endOf(client);
      await client.query('begin');
      const nest = async (): Promise<void> => {
        for (let i = 0; i < 600; i++)
          await client.query(
            Array.from(
              { length: 100 },
              (_, j) => `savepoint s; insert into health_check (id) values ('nested-${i}-${j}')`,
            ).join(';'),
          );
      };
      await expect(nest()).rejects.toThrow();
      await ended;
      await expectNobodyHurt();
    });

    test.each([
      ['idle in a transaction', `'2 minutes'`, 'select 1'],
      ['long in a transaction, whatever time-outs it has chosen', `'15 minutes'`, 'select pg_sleep(600)'],
    ])('a session that is %s is ended', async (_what, interval, sql) => {
      watch(WATCH.replace(interval, `'1 second'`));
      const client = await login(noisy, '-c statement_timeout=0 -c idle_in_transaction_session_timeout=0');
      const ended = endOf(client);
      await client.query('begin');
      client.query(sql).catch(() => {});
      await ended;
      await expectNobodyHurt();
    });
  });

  test.each(['login', 'readonlyLogin'] as const)(
    'a changed setting of its own %s is noticed and reset',
    async (which) => {
      const kind = clusters.postgres[which];
      const tenantId = newTenantId();
      const { owner, schema } = clusters.postgres;
      const [forOwner, forSchema, context] = [owner, schema, kind].map((each) =>
        resourceContext(each, 'eu-central', specOf('schema'), tenantId, 'cell-1'),
      ) as [ResourceContext<DatabaseTemplate>, ResourceContext<DatabaseTemplate>, ResourceContext<DatabaseTemplate>];
      await owner.create(forOwner);
      await schema.create(forSchema);
      await kind.create(context);
      expect(await kind.drift(context)).toEqual([]);
      const url = (password: string): string => clusters.url('app_schemas', context.name, password);
      const stored = (await context.secrets.read('password'))!;

      const changes = `alter role current_user set statement_timeout = 0;
      alter role current_user in database app_schemas set search_path = pg_catalog`;
      await query(
        `${url(stored)}?options=-c%20default_transaction_read_only%3Doff`,
        `${changes}; alter role current_user password 'changed'`,
      );
      expect(await kind.drift(context)).toEqual(['password', 'settings']);

      await kind.create(context);
      expect(await kind.drift(context)).toEqual([]);
      await expect(query(url('changed'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
      const { rows } = await query<Record<string, string>>(
        url(stored),
        `select current_setting('statement_timeout') as timeout, current_schema as schema`,
      );
      expect(rows).toEqual([{ timeout: '30s', schema: schemaName(tenantId) }]);
      for (const [each, made] of [
        [kind, context],
        [schema, forSchema],
        [owner, forOwner],
      ] as const)
        await each.remove({ ...made, spec: undefined });
      expect(await kind.drift(context)).toEqual([]);
    },
  );

  test('cannot delay its own removal with locks in an open transaction', async () => {
    const leaving = await provision(clusters.postgres, 'schema');
    const client = await login(leaving);
    await client.query(
      `begin; lock table health_check, item in access exclusive mode; alter role current_user password 'x'`,
    );
    await leaving.remove();
    const { rows } = await clusters.superuser(`select rolname from pg_roles where rolname ~ $1`, [
      schemaName(leaving.tenantId),
    ]);
    expect(rows).toEqual([]);
  });

  test('causes a warning of the worker, and the refusal of a cell that must be bounded, where the owner has set no bounds', async () => {
    expect(await clusters.postgres.prepare()).toEqual([]);
    await clusters.superuser(
      'grant execute on function pg_advisory_lock(bigint), lo_create(oid) to public',
      [],
      'app_schemas',
    );
    await clusters.superuser('alter database app_schemas set temp_file_limit = -1');
    const lenient = cellsThat({ requireBounds: false });
    expect(await lenient.prepare()).toEqual([
      expect.stringMatching(
        /^Cell cell-1 of eu-central: Every login may call lo_create, pg_advisory_lock: run .*bounds\.sql/,
      ),
      expect.stringMatching(/^Cell cell-1 of eu-central: Temporary files .* temp_file_limit/),
    ]);
    const strict = cellsThat({ requireBounds: true });
    await expect(strict.prepare()).rejects.toMatchObject({
      type: 'ProviderRefused',
      message: expect.stringContaining('lo_create'),
    });
    await clusters.superuser(BOUNDS, undefined, 'app_schemas');
    await clusters.superuser('alter database app_schemas reset temp_file_limit');
    await strict.close();
    const bounded = cellsThat({ requireBounds: true });
    expect(await bounded.prepare()).toEqual([]);
    await Promise.all([lenient.close(), bounded.close()]);
  });

  function cellsThat(more: { requireBounds: boolean }): Postgres {
    const regions = clusters.regions.map((region) => ({
      ...region,
      database: { cells: region.database.cells.map((cell) => ({ ...cell, ...more })) },
    }));
    return createPostgres(regions, clusters.secrets);
  }

  async function postmaster(): Promise<string> {
    const { rows } = await clusters.superuser<{ file: string }>(`select pg_read_file('postmaster.pid') as file`);
    return rows[0]!.file.split('\n')[0]!;
  }
  /** Limits memory like LimitAS= of systemd, for sessions that begin afterwards. False where the machine has no prlimit. */
  function limitMemory(pid: string, bytes: number | 'unlimited'): boolean {
    try {
      execFileSync('prlimit', ['--pid', pid, `--as=${bytes}:unlimited`], { ...databaseUser(), stdio: 'pipe' });
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return false;
      throw error;
    }
  }
});
