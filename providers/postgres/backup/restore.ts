import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BackupManifest, BackupTable } from '../../../registry/backups/backups';
import { unusable } from '../../port/unusable-backup';
import { measure, readSequences } from './dump';
import { asOwner, inShare, type Share, type ShareSession } from './dump-session';
import { ScriptReader, type ScriptHeader } from './dump-script';
import { readTables, rowsOf, TENANT_COLUMN, type ShareTable } from './dump-tables';
import type { Tools } from '../prepare';
import { scratchTarget, tenantTarget, type RestoreInto, type RestoreTarget } from './restore-target';

/**
 * Restores a backup and compares rows, checksums and sequences with its manifest. A scratch tenant's transaction is never committed, so no
 * other session sees it and nothing is left of it. The tenant's own data is replaced in one transaction, or left unchanged. Throws
 * `BackupUnusable` if the script is truncated, belongs to another tenant, or restores to different data.
 */
export function restoreShare(
  { cells, sql }: Tools,
  share: Share,
  { backupId, into }: { backupId: string; into: RestoreInto },
  script: AsyncIterable<Buffer>,
): Promise<BackupManifest> {
  const work = async (session: ShareSession): Promise<BackupManifest> => {
    const reader = new ScriptReader(script);
    const header = await reader.header();
    if (header.tenantId !== share.tenantId || header.backupId !== backupId || header.isolation !== share.isolation)
      throw unusable(`its header names backup ${header.backupId} of tenant ${header.tenantId}`);
    const target =
      into === 'scratch'
        ? await scratchTarget(session, sql, share.tenantId, header)
        : await tenantTarget(session, share.tenantId);
    const loaded = await loadAll(session, target, header, reader);
    const manifest = await reader.manifest();
    await asOwner(session, async () => {
      await session.client.query('set constraints all immediate');
      await compare(session, target, { header, manifest, loaded });
      await setSequences(session, target, manifest);
    });
    await target.done();
    return manifest;
  };
  return inShare(cells, share, work, into === 'tenant');
}

async function loadAll(
  session: ShareSession,
  target: RestoreTarget,
  header: ScriptHeader,
  reader: ScriptReader,
): Promise<ShareTable[]> {
  const tables = await readTables(session.client, target.schema, session.owner === undefined);
  const loaded: ShareTable[] = [];
  for (const expected of header.tables) {
    const table = tables.find(({ name }) => name === expected.name);
    const missing = expected.columns.filter((column) => !table?.columns.includes(column));
    if (!table || missing.length > 0)
      throw unusable(
        `the database has no ${table ? `column ${missing.join(', ')} in table` : 'table'} ${expected.name} to restore it into`,
      );
    await reader.table(expected);
    await load(session, target, expected, reader);
    loaded.push({ ...table, columns: expected.columns });
  }
  return loaded;
}

/**
 * Loads a table's rows through a temporary table, because COPY cannot write to tables with row-level security, and because rows of shared
 * tables must get the target's tenant id.
 */
async function load(
  session: ShareSession,
  { schema, tenantId }: RestoreTarget,
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
  { schema }: RestoreTarget,
  { sequences }: BackupManifest,
): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences)
    await client.query('select setval($1, $2, $3)', [
      `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
      lastValue,
      isCalled,
    ]);
  const has = JSON.stringify(sequences.length > 0 ? await readSequences(client, schema) : []);
  if (has !== JSON.stringify(sequences)) throw unusable('the sequences have different values after the restore');
}

async function compare(
  { client, owner }: ShareSession,
  { schema, tenantId }: RestoreTarget,
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
      throw unusable(`table ${table.name} has ${has.rows} rows after the restore instead of ${had?.rows ?? 'none'}`);
    if (had.sha256 !== has.sha256) throw unusable(`table ${table.name} has different rows after the restore`);
  }
  const missing = manifest.tables.filter(({ name }) => !loaded.some((table) => table.name === name));
  if (missing.length > 0) throw unusable(`it lacks the rows of table ${missing.map(({ name }) => name).join(', ')}`);
}
