import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { BackupManifest, BackupTable } from '../../../registry/backups';
import { inSchema } from './catalogue';
import type { Cells } from './cells';
import { actFor, asOwner, inShare, type Share } from './dump-session';
import { copyLine, endOfRows, RowMeter, scriptHead, scriptTail } from './dump-script';
import { readTables, rowsOf, TENANT_COLUMN, type ShareTable } from './dump-tables';

/**
 * Writes everything a tenant has in its database, as it was at one moment, to `out` – and does not end it. Nothing is held in memory but what
 * the streams buffer. Resolves with what was written.
 */
export function dumpShare(cells: Cells, share: Share, backupId: string, out: Writable): Promise<BackupManifest> {
  const { tenantId, isolation } = share;
  const shared = isolation === 'pooled';
  return inShare(cells, share, async (session) => {
    const { client, schema } = session;
    if (shared) await actFor(session, tenantId);
    return asOwner(session, async () => {
      const known = { isolation, ...(await readVersions(client, schema)) };
      const tables = await readTables(client, schema, shared);
      const named = tables.map(({ name, columns }) => ({ name, columns }));
      out.write(scriptHead({ format: 1, backupId, tenantId, ...known, tables: named }, schema));
      const written: BackupTable[] = [];
      // The policies show no other rows; the condition spares the server the other partitions.
      const where = shared ? `${TENANT_COLUMN} = ${escapeLiteral(tenantId)}` : undefined;
      for (const table of tables) {
        out.write(copyLine(table));
        written.push(await copyOut(client, table, rowsOf(schema, table, undefined, where), out));
        out.write(endOfRows());
      }
      const manifest = { ...known, tables: written, sequences: shared ? [] : await readSequences(client, schema) };
      out.write(scriptTail(schema, manifest));
      return manifest;
    });
  });
}

/** Rows and checksum of a table, as a backup has them. */
export async function measure(client: ClientBase, sql: string): Promise<{ rows: number; sha256: string }> {
  const meter = new RowMeter();
  for await (const chunk of client.query(copyTo(`copy (${sql}) to stdout`))) meter.pass(chunk as Buffer);
  return { rows: meter.rows, sha256: meter.sha256() };
}

/** The sequences of a schema, of which a tenant has none in shared tables. */
export async function readSequences(client: ClientBase, schema: string): Promise<BackupManifest['sequences']> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class where oid in ${inSchema('pg_class')} and relkind = 'S' order by 1`,
    [schema],
  );
  const sequences: BackupManifest['sequences'] = [];
  for (const { name } of rows) {
    const sequence = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
    const { rows: values } = await client.query<{ lastValue: string; isCalled: boolean }>(
      `select last_value::text as "lastValue", is_called as "isCalled" from ${sequence}`,
    );
    sequences.push({ name, ...values[0]! });
  }
  return sequences;
}

async function copyOut(
  client: ClientBase,
  { name, columns }: ShareTable,
  sql: string,
  out: Writable,
): Promise<BackupTable> {
  const meter = new RowMeter();
  await pipeline(
    client.query(copyTo(`copy (${sql}) to stdout`)),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) yield meter.pass(chunk);
    },
    out,
    { end: false },
  );
  return { name, columns, rows: meter.rows, sha256: meter.sha256() };
}

async function readVersions(
  client: ClientBase,
  schema: string,
): Promise<Omit<BackupManifest, 'isolation' | 'tables' | 'sequences'>> {
  const { rows } = await client.query<{ versions: (string | null)[] | null; serverVersion: string; takenAt: Date }>(
    `select regexp_match(obj_description($1::regnamespace, 'pg_namespace'), ' version=(\\d{4})(?: audit=(\\d{4}))?$') as versions,
       current_setting('server_version') as "serverVersion", now() as "takenAt"`,
    [schema],
  );
  const { versions, serverVersion, takenAt } = rows[0]!;
  const [schemaVersion, auditVersion] = versions ?? [];
  return {
    schemaVersion: schemaVersion ?? '',
    ...(typeof auditVersion === 'string' ? { auditVersion } : {}),
    serverVersion,
    takenAt: takenAt.toISOString(),
  };
}
