import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { newIdentity } from '../../../../activities/removal/export/age';
import type { ExportDependencies } from '../../../../activities/removal/export/dependencies';
import { readTrailFile } from '../../../../cli/verify-audit/read-trail';
import { identityText } from '../../../../contract/exports/age-keys';
import type { Isolation, Plan } from '../../../../contract/orders/order';
import { readExport } from '../../../../registry/views/exports';
import { retainedExports } from '../../../../registry/tenants/exports';
import { exportToken, takeExportIdentity } from '../../../../registry/tenants/export-identity';
import { hasPostgres } from '../../../helpers/registry';
import { CELL, REGION } from '../../../providers/postgres/clusters';
import { stackEndpoints } from '../../../stack';
import { ExportWorld, type OpenedArchive } from './world';

const endpoints = stackEndpoints('s3', 'postgres');
const possible = hasPostgres() && endpoints.s3?.[REGION] !== undefined;
const suite = possible ? describe : describe.skip;
if (!possible) test.todo('exports: not run, this machine has no PostgreSQL or no object store');

const PLANS: [Plan, Isolation][] = [
  ['starter', 'pooled'],
  ['professional', 'schema'],
  ['enterprise', 'database'],
];
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

suite('exports to a region’s vault', () => {
  let world: ExportWorld;
  beforeAll(async () => (world = await ExportWorld.start(endpoints)), 180_000);
  afterAll(() => world?.stop());

  const place = (tenantId: string, isolation: Isolation) => ({
    database: isolation === 'pooled' ? 'app_pool' : isolation === 'schema' ? 'app_schemas' : `t_${tenantId}`,
    schema: isolation === 'pooled' ? 'app' : `t_${tenantId}`,
    where: isolation === 'pooled' ? `where tenant_id = '${tenantId}'` : '',
  });

  async function fill(tenantId: string, isolation: Isolation): Promise<void> {
    const { database, schema } = place(tenantId, isolation);
    const sql =
      isolation === 'pooled'
        ? `insert into ${schema}.project (tenant_id, name) select '${tenantId}', E'a "quoted", \\r\\n ünïcode ' || n from generate_series(1, 300) n;
           insert into ${schema}.setting (tenant_id, key, value) values ('${tenantId}', 'k', '{"a": null}')`
        : `insert into ${schema}.project (name) select E'a "quoted", \\r\\n ünïcode ' || n from generate_series(1, 300) n;
           insert into ${schema}.item (project_id, title, due_on) select id, 'item of ' || name, case when random() < 0.5 then '2026-01-02'::date end from ${schema}.project;
           insert into ${schema}.setting (key, value) values ('k', '{"a": null}')`;
    await world.clusters.superuser(sql, undefined, database);
  }

  /** Loads an archive's tables into an empty database, and compares each with its source. */
  async function compareTables(
    { files, manifests }: OpenedArchive,
    tenantId: string,
    isolation: Isolation,
  ): Promise<void> {
    const { database, schema, where } = place(tenantId, isolation);
    const copy = `copy_of_${tenantId}`;
    await world.clusters.superuser(`create database ${copy}`);
    const url = new URL(world.clusters.superuserUrl(CELL));
    url.pathname = `/${copy}`;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    try {
      await client.query(files.get('database/schema.sql')!.toString());
      const tables = manifests[0]!.entries.filter(({ table }) => table !== undefined);
      expect(tables.map(({ table }) => table)).toEqual(expect.arrayContaining(['project', 'item', 'setting']));
      for (const { path, table, rows } of tables) {
        const csv = files.get(path)!;
        const columns = csv.subarray(0, csv.indexOf(10)).toString();
        const load = client.query(copyFrom(`copy ${table} (${columns}) from stdin (format csv, header)`));
        await pipeline(Readable.from([csv]), load);
        const digest = (from: string) =>
          `select count(*)::int as rows, md5(string_agg(r::text, E'\\n' order by r::text collate "C")) as digest from (select ${columns} from ${from}) r`;
        const { rows: loaded } = await client.query(digest(table!));
        const { rows: source } = await world.clusters.superuser(
          digest(`${schema}.${table} ${where}`),
          undefined,
          database,
        );
        expect(loaded).toEqual(source);
        expect(loaded).toMatchObject([{ rows }]);
      }
    } finally {
      await client.end();
      await world.clusters.superuser(`drop database ${copy}`);
    }
  }

  test.each(PLANS)(
    'everything of a %s tenant is in the archive as it is at the source',
    async (plan, isolation) => {
      const { identity, recipient } = await newIdentity();
      const tenant = await world.tenant(plan, isolation, recipient);
      const { tenantId, operationId } = tenant;
      await fill(tenantId, isolation);
      const objects = new Map([
        ['a/plain.txt', 'plain'],
        ['🚲/ä ö+%2F&?.txt', 'emoji'],
        [`${'long/'.repeat(190)}name`, 'long'],
        ['empty', ''],
      ]);
      for (const [key, body] of objects) await world.put(tenantId, key, body);
      await world.put(tenantId, 'a/plain.txt', 'newer');
      objects.set('a/plain.txt', 'newer');

      await world.activities().exportTenant({ operationId, step: 'export' });

      const archive = await world.open(tenant, identity);
      const { files, manifests } = archive;
      expect(manifests).toHaveLength(1);
      for (const { path, bytes, sha256: sum } of manifests[0]!.entries) {
        expect(files.get(path)).toHaveLength(bytes);
        expect(sha256(files.get(path)!)).toBe(sum);
      }
      await compareTables(archive, tenantId, isolation);
      const lines = files.get('objects-0001.jsonl')!.toString().trim().split('\n');
      const listed = lines.map((line) => JSON.parse(line) as { key: string; path: string });
      expect(new Map(listed.map(({ key, path }) => [key, files.get(path)!.toString()]))).toEqual(objects);
      for (const line of listed) expect(line).toMatchObject({ contentType: 'text/x', metadata: { made: 'by-a-test' } });
      expect(JSON.parse(files.get('users.json')!.toString())).toMatchObject([{ username: 'ada' }]);
      const trail = readTrailFile(files.get('audit.jsonl')!);
      expect(trail.findings).toEqual([]);
      expect(trail.records.map(({ sequence }) => sequence)).toEqual(trail.records.map((_, index) => index + 1));

      const shown = await readExport(world.registry.pool, tenantId);
      expect(shown).toMatchObject({ state: 'ready', recipient, key: 'customer', volumes: [{ objects: 4, number: 1 }] });
      expect(await world.stored(tenant)).toEqual(['1/0001.tar.age']);
      await tenant.remove();
    },
    120_000,
  );

  test('a tenant without any rows or objects gets an archive, whose key is handed out once', async () => {
    const { pool, keys } = world.registry;
    const tenant = await world.tenant('starter', 'pooled');
    const { tenantId, operationId } = tenant;
    await world.activities().exportTenant({ operationId, step: 'export' });
    const token = (await exportToken(pool, keys, operationId))!;
    expect(await takeExportIdentity(pool, keys, { tenantId, token: `${token.slice(1)}x` })).toBeUndefined();
    // The archive must be readable after the tenant's own key is gone.
    await pool.query(`delete from tenant_key where tenant_id = $1`, [tenantId]);
    const taken = await takeExportIdentity(pool, keys, { tenantId, token, idempotencyKey: 'page-1' });
    expect(await takeExportIdentity(pool, keys, { tenantId, token, idempotencyKey: 'page-1' })).toEqual(taken);
    expect(await takeExportIdentity(pool, keys, { tenantId, token, idempotencyKey: 'page-2' })).toBeUndefined();
    const { files } = await world.open(tenant, identityText(taken!.identity));
    expect(files.get('objects-0001.jsonl')).toHaveLength(0);
    expect(files.get('README.txt')!.toString()).toContain(tenantId);
    await tenant.remove();
  });

  test('a crash repeats only the volume that was being written, and leaves nothing else', async () => {
    const { identity, recipient } = await newIdentity();
    const tenant = await world.tenant('starter', 'pooled', recipient);
    const { tenantId, operationId } = tenant;
    for (let index = 0; index < 7; index += 1) await world.put(tenantId, `object-${index}`, `${index}`.repeat(1_000));
    let reads = 0;
    const crashing: ExportDependencies['storage'] = {
      ...world.storage,
      forRegion: (region) => {
        const { vault, objects } = world.storage.forRegion(region);
        return {
          vault,
          objects: {
            ...objects,
            read: (...of) => (++reads === 5 ? Promise.reject(new Error('the worker died')) : objects.read(...of)),
          },
        };
      },
    };
    const limits = { bytes: 1e9, objects: 3 };
    const input = { operationId, step: 'export' } as const;
    await expect(world.activities(limits, { storage: crashing }).exportTenant(input)).rejects.toThrow();
    expect(await world.unfinishedUploads(tenant)).toBe(0);
    // What a process that is killed leaves behind: an upload that nobody continues, and a file that no row names.
    await world.beginUpload(`export/${tenantId}/${operationId}/1/0003.tar.age`);
    expect(await world.unfinishedUploads(tenant)).toBe(1);
    await world.vault.put(`export/${tenantId}/${operationId}/1/0002.tar.age`, Buffer.from('half'), {
      signal: world.signal,
    });
    await world.activities(limits, { storage: crashing }).exportTenant(input);
    expect(await world.stored(tenant)).toEqual(['1/0001.tar.age', '2/0002.tar.age', '2/0003.tar.age']);
    expect(await world.unfinishedUploads(tenant)).toBe(0);
    const { files, manifests } = await world.open(tenant, identity);
    expect(manifests.map(({ objects, last }) => ({ ...objects, last }))).toEqual([
      { from: 1, count: 3, last: false },
      { from: 4, count: 3, last: false },
      { from: 7, count: 1, last: true },
    ]);
    expect([...files.keys()].filter((name) => name.startsWith('objects/'))).toHaveLength(7);
    // Objects 1 to 4 by the first attempt, which died at the fifth, and 4 to 7 by the second.
    expect(reads).toBe(5 + 4);
    await world.activities(limits).exportTenant(input);
    expect(await world.stored(tenant)).toHaveLength(3);
    await tenant.remove();
  });

  test('a volume that is damaged on its way into the vault is noticed, and written again by the next attempt', async () => {
    const tenant = await world.tenant('starter', 'pooled');
    const { operationId } = tenant;
    const damaging: ExportDependencies['storage'] = {
      ...world.storage,
      forRegion: (region) => {
        const { vault, objects } = world.storage.forRegion(region);
        const upload: typeof vault.upload = (key, content, options) => vault.upload(key, flipped(content), options);
        return { objects, vault: { ...vault, upload } };
      },
    };
    const input = { operationId, step: 'export' } as const;
    await expect(world.activities(undefined, { storage: damaging }).exportTenant(input)).rejects.toMatchObject({
      type: 'OutcomeUnknown',
    });
    expect(await readExport(world.registry.pool, tenant.tenantId)).toMatchObject({ state: 'running', volumes: [] });
    await world.activities().exportTenant(input);
    expect(await world.stored(tenant)).toEqual(['2/0001.tar.age']);
    await tenant.remove();
  });

  test('a link downloads a part of the archive without a token, and nothing else of the vault', async () => {
    const { recipient } = await newIdentity();
    const tenant = await world.tenant('starter', 'pooled', recipient);
    const { operationId } = tenant;
    const activities = world.activities();
    await activities.exportTenant({ operationId, step: 'export' });
    const url = await activities.signExportLink({ operationId, volume: 1 });
    const answer = await fetch(url, { headers: { range: 'bytes=0-20' } });
    expect(answer.status).toBe(206);
    expect(await answer.text()).toBe('age-encryption.org/v1');
    expect(answer.headers.get('content-disposition')).toContain(`export-${tenant.tenantId}-0001.tar.age`);
    expect((await fetch(url.replace('0001.tar.age', '0002.tar.age'))).status).toBe(403);
    await expect(activities.signExportLink({ operationId, volume: 2 })).rejects.toMatchObject({
      type: 'StateConflict',
    });
    await tenant.remove();
  });

  test('a called-off removal deletes the archive and its key, and the certificate names only what stays', async () => {
    const { pool, keys } = world.registry;
    const tenant = await world.tenant('starter', 'pooled');
    const { tenantId, operationId } = tenant;
    const activities = world.activities();
    await activities.exportTenant({ operationId, step: 'export' });
    expect(await retainedExports(pool, tenantId)).toMatchObject([{ where: `vault of region ${REGION}` }]);
    const token = (await exportToken(pool, keys, operationId))!;
    await activities.removeExport({ operationId });
    await activities.removeExport({ operationId });
    expect(await world.stored(tenant)).toEqual([]);
    expect(await readExport(pool, tenantId)).toMatchObject({ state: 'removed' });
    expect(await retainedExports(pool, tenantId)).toEqual([]);
    expect(await takeExportIdentity(pool, keys, { tenantId, token })).toBeUndefined();
    await expect(activities.exportTenant({ operationId, step: 'export' })).rejects.toMatchObject({
      type: 'CompensationBegun',
    });
    await tenant.remove();
  });

  test('a tenant whose operation is being undone is not exported', async () => {
    const tenant = await world.tenant('starter', 'pooled');
    const { operationId } = tenant;
    await world.registry.pool.query(`update operation set status = 'compensating' where operation_id = $1`, [
      operationId,
    ]);
    await expect(world.activities().exportTenant({ operationId, step: 'export' })).rejects.toMatchObject({
      type: 'CompensationBegun',
    });
    expect(await world.stored(tenant)).toEqual([]);
    await tenant.remove();
  });
});

async function* flipped(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let at = 0;
  for await (const chunk of content) {
    const copy = Uint8Array.from(chunk);
    // Inside the payload, behind the header.
    if (at > 0) copy[copy.length - 1]! ^= 1;
    at += copy.length;
    yield copy;
  }
}
