import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { escapeIdentifier, type ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { BackupManifest, BackupTable } from '../../../registry/backups/backups';
import { inSchema } from '../catalogue';
import type { Cells } from '../cells';
import type { Share } from './dump-session';
import { copyLine, endOfRows, RowMeter, scriptHead, scriptTail } from './dump-script';
import type { ShareTable } from './dump-tables';
import { readShare } from './read-share';

/**
 * Writes a consistent snapshot of a tenant's data to `out`, without ending the stream. Only the streams' buffers are held in memory.
 * Resolves with the manifest of what was written.
 */
export function dumpShare(cells: Cells, share: Share, backupId: string, out: Writable): Promise<BackupManifest> {
  const { tenantId } = share;
  return readShare(cells, share, async ({ session: { client, schema }, tables, rowsOf, versions }) => {
    const named = tables.map(({ name, columns }) => ({ name, columns }));
    out.write(scriptHead({ format: 1, backupId, tenantId, ...versions, tables: named }, schema));
    const written: BackupTable[] = [];
    for (const table of tables) {
      out.write(copyLine(table));
      written.push(await copyOut(client, table, rowsOf(table), out));
      out.write(endOfRows());
    }
    const sequences = versions.isolation === 'pooled' ? [] : await readSequences(client, schema);
    const manifest = { ...versions, tables: written, sequences };
    out.write(scriptTail(schema, manifest));
    return manifest;
  });
}

/** Number and checksum of a query's rows, computed as in a backup. */
export async function measure(client: ClientBase, sql: string): Promise<{ rows: number; sha256: string }> {
  const meter = new RowMeter();
  for await (const chunk of client.query(copyTo(`copy (${sql}) to stdout`))) meter.pass(chunk as Buffer);
  return { rows: meter.rows, sha256: meter.sha256() };
}

/** The sequences of a tenant's own schema and their current values. The shared tables have none that belong to a tenant. */
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
