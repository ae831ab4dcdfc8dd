import { createPostgres } from '../../../providers/postgres/postgres';
import { memorySecrets } from '../kind-suite';
import { POSTGRES_VERSIONS, query, startClusters, type Clusters } from './clusters';

const SECRET = 'eu-central/cell-1/app_pool';

describe.each(POSTGRES_VERSIONS)('preparing cells on $title', ({ bin }) => {
  let clusters: Clusters;
  beforeAll(async () => {
    clusters = await startClusters(bin);
  }, 120_000);
  afterAll(() => clusters?.stop());

  const appPool = async (password: string): Promise<number | null> =>
    (await query(clusters.url('app_pool', 'app_pool', password), 'select from app.tenant')).rowCount;

  test('makes 16 partitions per table, and grants access to none of them', async () => {
    const { rows } = await clusters.superuser<{ parent: string; partitions: string; granted: boolean }>(
      `select inhparent::regclass::text as parent, count(*) as partitions,
         bool_or(has_table_privilege('app_pool', inhrelid, 'select, insert, update, delete')) as granted
       from pg_inherits join pg_class c on c.oid = inhrelid where c.relkind = 'r' group by 1 order by 1`,
      [],
      'app_pool',
    );
    expect(rows).toEqual(
      ['health_check', 'item', 'project', 'setting'].map((name) => ({
        parent: `app.${name}`,
        partitions: '16',
        granted: false,
      })),
    );
  });

  test('repeatedly changes nothing, not even a comment or a password', async () => {
    const state = `select (select jsonb_agg(x order by x::text) from pg_shdescription x) as comments,
      (select jsonb_agg(xmin::text || rolname order by rolname) from pg_authid) as roles`;
    const before = await clusters.superuser(state);
    await clusters.postgres.prepare();
    expect((await clusters.superuser(state)).rows).toEqual(before.rows);
  });

  test('works for several workers that start together on an empty cell', async () => {
    await clusters.superuser(`drop database app_pool with (force)`);
    await clusters.superuser(`comment on database app_schemas is null`);
    const workers = Array.from({ length: 4 }, () => createPostgres(clusters.regions, clusters.secrets));
    await Promise.all(workers.map((worker) => worker.prepare()));
    await Promise.all(workers.map((worker) => worker.close()));
    expect(await appPool((await clusters.secrets.read(SECRET))!)).toBe(0);
  });

  test('resets a password that was lost or changed by hand', async () => {
    await clusters.superuser(`alter role app_pool password 'changed'`);
    await clusters.postgres.prepare();
    expect(await appPool((await clusters.secrets.read(SECRET))!)).toBe(0);

    const emptied = memorySecrets();
    const other = createPostgres(clusters.regions, emptied);
    await other.prepare();
    await other.close();
    expect(await emptied.read(SECRET)).not.toBe(await clusters.secrets.read(SECRET));
    expect(await appPool((await emptied.read(SECRET))!)).toBe(0);
    await clusters.postgres.prepare();
  });

  test('a cell that lets every login into a database is refused, with the statement that closes it', async () => {
    await clusters.superuser('create database wide_open');
    await clusters.superuser(`comment on database app_schemas is 'managed-by=tenant-provisioner shared'`);
    await expect(clusters.postgres.prepare()).rejects.toMatchObject({
      type: 'ProviderRefused',
      message: expect.stringContaining('revoke connect on database "wide_open" from public'),
    });
    await clusters.superuser('drop database wide_open');
    await clusters.postgres.prepare();
  });

  test('a foreign database of the same name is left alone', async () => {
    await clusters.superuser('drop database app_schemas with (force)');
    await clusters.superuser('create database app_schemas');
    await clusters.superuser('revoke connect on database app_schemas from public');
    await expect(clusters.postgres.prepare()).rejects.toMatchObject({ type: 'ResourceNotOurs' });
    await clusters.superuser('drop database app_schemas');
    await clusters.postgres.prepare();
  });

  test('an aborted call ends at once, and the pool stays usable', async () => {
    const abort = new AbortController();
    const started = Date.now();
    await clusters.superuser('select 1');
    const listing = clusters.postgres.pooledShare.list('eu-central', abort.signal)[Symbol.asyncIterator]();
    abort.abort();
    await expect(listing.next()).rejects.toThrow();
    expect(Date.now() - started).toBeLessThan(20_000);
    await clusters.postgres.ping(AbortSignal.timeout(5_000));
  });
});
