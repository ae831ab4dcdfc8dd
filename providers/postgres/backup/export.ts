import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import type { BackupManifest } from '../../../registry/backups/backups';
import type { Cells } from '../cells';
import type { Share } from './dump-session';
import { readShare } from './read-share';
import { tableSql } from './table-sql';

/** A file of an exported database. */
export interface ExportedFile {
  path: string;
  bytes: number;
  /** Absent for a file that is not a table. */
  table?: { name: string; rows: number; sha256: string };
  content(): AsyncIterable<Buffer>;
}

/** Names that are safe as parts of a path on every system; others are replaced by a number. */
const PLAIN_NAME = /^[a-z0-9_]{1,63}$/;

/**
 * Hands the files of a tenant's database to `add`, one after the other: `schema.sql`, and a CSV file for each table, all from one consistent
 * snapshot. A file's size must be known before its content, so each table is read twice; only the streams' buffers are held in memory.
 */
export function exportShare(
  cells: Cells,
  share: Share,
  add: (file: ExportedFile) => Promise<void>,
): Promise<Omit<BackupManifest, 'tables' | 'sequences'>> {
  return readShare(cells, share, async ({ session: { client, schema }, tables, rowsOf, versions }) => {
    await add(textFile('schema.sql', await tableSql(client, schema, tables)));
    for (const [index, table] of tables.entries()) {
      const { name } = table;
      const copy = () => client.query(copyTo(`copy (${rowsOf(table)}) to stdout with (format csv, header)`));
      const { bytes, sha256 } = await measured(copy());
      // A row can contain line breaks, so they say nothing about the number of rows.
      const { rows } = await client.query<{ count: string }>(`select count(*) from (${rowsOf(table)}) counted`);
      const file = PLAIN_NAME.test(name) ? name : `table-${index + 1}`;
      await add({
        path: `${file}.csv`,
        bytes,
        table: { name, rows: Number(rows[0]!.count), sha256 },
        content: () => copy() as AsyncIterable<Buffer>,
      });
    }
    return versions;
  });
}

function textFile(path: string, text: string): ExportedFile {
  const content = Buffer.from(text);
  return { path, bytes: content.length, content: () => once(content) };
}

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}

async function measured(chunks: AsyncIterable<Buffer>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
