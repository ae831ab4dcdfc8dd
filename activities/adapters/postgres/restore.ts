import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { newTenantId, underscoreName } from '../../../contract/ids';
import type { BackupManifest, BackupTable } from '../../../registry/backups';
import { unusable } from '../../unusable-backup';
import type { Cells } from './cells';
import { measure, readSequences } from './dump';
import { actFor, asOwner, inShare, type Share, type ShareSession } from './dump-session';
import { ScriptReader, type ScriptHeader } from './dump-script';
import { readTables, rowsOf, TENANT_COLUMN, type ShareTable } from './dump-tables';
import { appRole, readonlyRole } from './names';
import { loadSql } from './sql-files';

/** Where the rows go: a schema, and in shared tables the tenant that stands for the one they were of. */
interface Scratch {
  schema: string;
  tenantId: string;
}

/**
 * Restores a backup into a scratch tenant beside the tenant and compares rows, checksums and sequences with what the backup says it holds. All
 * of it is one transaction that is never committed: nobody sees the scratch tenant, and a crash leaves nothing of it. Throws `BackupUnusable`
 * for a script that is cut off, of another tenant, or does not come back as it was.
 */
export function testRestore(
  cells: Cells,
  share: Share,
  backupId: string,
  script: AsyncIterable<Buffer>,
): Promise<BackupManifest> {
  return inShare(cells, share, async (session) => {
    const { client } = session;
    const reader = new ScriptReader(script);
    const header = await reader.header();
    if (header.tenantId !== share.tenantId || header.backupId !== backupId || header.isolation !== share.isolation)
      throw unusable(`it says of itself that it is ${header.backupId} of tenant ${header.tenantId}`);
    const scratch = await makeScratch(session, share, header);
    const tables = await readTables(client, scratch.schema, share.isolation === 'pooled');
    const loaded: ShareTable[] = [];
    for (const expected of header.tables) {
      const table = tables.find(({ name }) => name === expected.name);
      const missing = expected.columns.filter((column) => !table?.columns.includes(column));
      if (!table || missing.length > 0)
        throw unusable(
          `version ${header.schemaVersion} has no ${table ? missing.join(', ') : 'table'} of ${expected.name}`,
        );
      await reader.table(expected);
      await load(session, scratch, expected, reader);
      loaded.push({ ...table, columns: expected.columns });
    }
    const manifest = await reader.manifest();
    await asOwner(session, async () => {
      await setSequences(session, scratch, manifest);
      await client.query('set constraints all immediate');
      await compare(session, scratch, { header, manifest, loaded });
    });
    return manifest;
  });
}

async function makeScratch(session: ShareSession, { tenantId }: Share, header: ScriptHeader): Promise<Scratch> {
  const { client, schema, owner } = session;
  const scratchId = newTenantId();
  if (owner === undefined) {
    await actFor(session, scratchId);
    return { schema, tenantId: scratchId };
  }
  const scratch = underscoreName(scratchId);
  await client.query(`create schema ${escapeIdentifier(scratch)} authorization ${escapeIdentifier(owner)}`);
  const variables = { schema: scratch, owner, app: appRole(tenantId), readonly: readonlyRole(tenantId) };
  await asOwner(session, async () => {
    await client.query(loadSql('tenant', header.schemaVersion, variables));
    await client.query('set local search_path = pg_catalog');
    const tables = (await readTables(client, scratch, false)).map(
      ({ name }) => `${escapeIdentifier(scratch)}.${escapeIdentifier(name)}`,
    );
    // A restored row is no change that a trigger should note, and what the SQL puts into a new tenant is in the backup too.
    await client.query(tables.map((table) => `alter table ${table} disable trigger user`).join('; '));
    await client.query(`truncate ${tables.join(', ')}`);
  });
  return { schema: scratch, tenantId };
}

/** By way of a temporary table: PostgreSQL's COPY does not write into tables with row-level security, and in shared ones the tenant is another. */
async function load(
  session: ShareSession,
  { schema, tenantId }: Scratch,
  { name, columns }: Pick<BackupTable, 'name' | 'columns'>,
  reader: ScriptReader,
): Promise<void> {
  const { client, owner } = session;
  const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
  const listed = columns.map(escapeIdentifier).join(', ');
  await client.query(`create temp table restored as select ${listed} from ${table} with no data`);
  await pipeline(reader.rows(), client.query(copyFrom(`copy pg_temp.restored (${listed}) from stdin`)));
  if (owner !== undefined) await client.query(`grant select on pg_temp.restored to ${escapeIdentifier(owner)}`);
  const values = columns.map((column) =>
    owner === undefined && column === TENANT_COLUMN ? escapeLiteral(tenantId) : escapeIdentifier(column),
  );
  await asOwner(session, () =>
    client.query(
      `insert into ${table} (${listed}) overriding system value select ${values.join(', ')} from pg_temp.restored`,
    ),
  );
  await client.query('drop table pg_temp.restored');
}

async function setSequences(
  { client }: ShareSession,
  { schema }: Scratch,
  { sequences }: BackupManifest,
): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences)
    await client.query('select setval($1, $2, $3)', [
      `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
      lastValue,
      isCalled,
    ]);
}

async function compare(
  { client, owner }: ShareSession,
  { schema, tenantId }: Scratch,
  { header, manifest, loaded }: { header: ScriptHeader; manifest: BackupManifest; loaded: ShareTable[] },
): Promise<void> {
  const [as, where] =
    owner === undefined
      ? [`${escapeLiteral(header.tenantId)}::text`, `${TENANT_COLUMN} = ${escapeLiteral(tenantId)}`]
      : [undefined, undefined];
  for (const table of loaded) {
    const had = manifest.tables.find(({ name }) => name === table.name);
    const has = await measure(client, rowsOf(schema, table, as, where));
    if (had?.rows !== has.rows)
      throw unusable(`table ${table.name} comes back with ${has.rows} rows; it had ${had?.rows ?? 'none'}`);
    if (had.sha256 !== has.sha256) throw unusable(`table ${table.name} comes back with other rows than it had`);
  }
  const missing = manifest.tables.filter(({ name }) => !loaded.some((table) => table.name === name));
  if (missing.length > 0) throw unusable(`it lacks the table ${missing.map(({ name }) => name).join(', ')}`);
  if (owner === undefined) return;
  const sequences = JSON.stringify(await readSequences(client, schema));
  if (sequences !== JSON.stringify(manifest.sequences)) throw unusable('the sequences come back with other values');
}
