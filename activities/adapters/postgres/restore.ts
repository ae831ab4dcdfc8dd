import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { BackupManifest, BackupTable } from '../../../registry/backups';
import { unusable } from '../../unusable-backup';
import { measure, readSequences } from './dump';
import { asOwner, inShare, type Share, type ShareSession } from './dump-session';
import { ScriptReader, type ScriptHeader } from './dump-script';
import { readTables, rowsOf, TENANT_COLUMN, type ShareTable } from './dump-tables';
import type { Tools } from './prepare';
import { scratchTarget, tenantTarget, type RestoreInto, type RestoreTarget } from './restore-target';

/**
 * Restores a backup and compares rows, checksums and sequences with what it says it holds. Into a scratch tenant: nobody sees it, and as its
 * transaction is never committed, nothing is left of it whatever happens. Into the tenant: what it has now is replaced in one transaction, or
 * stays. Throws `BackupUnusable` for a script that is cut off, of another tenant, or does not come back as it was.
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
      throw unusable(`it says of itself that it is ${header.backupId} of tenant ${header.tenantId}`);
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
      throw unusable(`there is no ${table ? missing.join(', ') : 'table'} of ${expected.name} to restore it into`);
    await reader.table(expected);
    await load(session, target, expected, reader);
    loaded.push({ ...table, columns: expected.columns });
  }
  return loaded;
}

/** By way of a temporary table: PostgreSQL's COPY does not write into tables with row-level security, and in shared ones the tenant is another. */
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
  if (has !== JSON.stringify(sequences)) throw unusable('the sequences come back with other values');
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
      throw unusable(`table ${table.name} comes back with ${has.rows} rows; it had ${had?.rows ?? 'none'}`);
    if (had.sha256 !== has.sha256) throw unusable(`table ${table.name} comes back with other rows than it had`);
  }
  const missing = manifest.tables.filter(({ name }) => !loaded.some((table) => table.name === name));
  if (missing.length > 0) throw unusable(`it lacks the table ${missing.map(({ name }) => name).join(', ')}`);
}
