import { createHash } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { BackupManifest, BackupTable } from '../../../registry/backups/backups';
import { unusable } from '../../port/unusable-backup';

/**
 * First JSON comment of a backup. Decrypted and unpacked, a backup is a script for psql. This header says what is known before the rows are
 * read; a comment at the end holds the complete {@link BackupManifest}.
 */
export interface ScriptHeader extends Omit<BackupManifest, 'tables' | 'sequences'> {
  format: 1;
  backupId: string;
  tenantId: string;
  tables: Pick<BackupTable, 'name' | 'columns'>[];
}

const END_OF_ROWS = Buffer.from('\\.\n');
const NEWLINE = 0x0a;

/** Rows are sent to the server in batches of at least this size, to save messages. */
const BATCH_BYTES = 65_536;

/** The script's lines before the first table. */
export function scriptHead(header: ScriptHeader, schema: string): string {
  const { tenantId, isolation } = header;
  return [
    `-- Rows of one tenant, for psql: load them into empty tables of the same schema version.`,
    `-- ${JSON.stringify(header)}`,
    `SET client_encoding = 'UTF8';`,
    `SET search_path = ${escapeIdentifier(schema)};`,
    ...(isolation === 'pooled'
      ? [`SELECT pg_catalog.set_config('app.tenant', ${escapeLiteral(tenantId)}, false);`]
      : []),
    '',
  ].join('\n');
}

/** The `COPY` line that precedes a table's rows. */
export function copyLine({ name, columns }: Pick<BackupTable, 'name' | 'columns'>): string {
  return `COPY ${escapeIdentifier(name)} (${columns.map(escapeIdentifier).join(', ')}) FROM stdin;\n`;
}

/** The line that ends a table's rows. */
export function endOfRows(): Buffer {
  return END_OF_ROWS;
}

/** The script's lines after the last table. */
export function scriptTail(schema: string, manifest: BackupManifest): string {
  const sequences = manifest.sequences.map(({ name, lastValue, isCalled }) => {
    const sequence = escapeLiteral(`${escapeIdentifier(schema)}.${escapeIdentifier(name)}`);
    return `SELECT pg_catalog.setval(${sequence}, ${lastValue}, ${isCalled});`;
  });
  return [...sequences, `-- ${JSON.stringify(manifest)}`, ''].join('\n');
}

/** Counts rows and computes their checksum as they stream through. A row in COPY's text format is one line. */
export class RowMeter {
  readonly #hash = createHash('sha256');
  rows = 0;

  pass(chunk: Buffer): Buffer {
    this.#hash.update(chunk);
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.rows += 1;
    return chunk;
  }

  /** Checksum of all rows, in hexadecimal. Ends the meter's use: call it once, after the last row. */
  sha256(): string {
    return this.#hash.digest('hex');
  }
}

/** Reads a script from start to end, one line in memory at a time. Throws `BackupUnusable` if the script is not as it was written. */
export class ScriptReader {
  readonly #lines: AsyncGenerator<Buffer, void>;

  constructor(script: AsyncIterable<Buffer>) {
    this.#lines = linesOf(script);
  }

  async header(): Promise<ScriptHeader> {
    for (;;) {
      const line = await this.#next();
      if (line.subarray(0, 4).toString() !== '-- {') continue;
      const header = JSON.parse(line.subarray(3).toString()) as Partial<ScriptHeader>;
      if (header.format !== 1)
        throw unusable(`its format is ${header.format}, but this program can only read format 1`);
      return header as ScriptHeader;
    }
  }

  /** Skips to the rows of this table, which must be the next in the script. */
  async table(table: Pick<BackupTable, 'name' | 'columns'>): Promise<void> {
    for (;;) {
      const line = (await this.#next()).toString();
      if (line === copyLine(table)) return;
      if (line.startsWith('COPY ')) throw unusable(`another table was found where ${table.name} was expected`);
    }
  }

  /** The rows of the table that {@link table} has skipped to, in COPY's text format. */
  async *rows(): AsyncGenerator<Buffer, void> {
    let batch: Buffer[] = [];
    let bytes = 0;
    for (let line = await this.#next(); !line.equals(END_OF_ROWS); line = await this.#next()) {
      batch.push(line);
      bytes += line.length;
      if (bytes < BATCH_BYTES) continue;
      yield Buffer.concat(batch);
      [batch, bytes] = [[], 0];
    }
    if (bytes > 0) yield Buffer.concat(batch);
  }

  /** The manifest in the script's last line. */
  async manifest(): Promise<BackupManifest> {
    let last: Buffer | undefined;
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) break;
      last = value;
    }
    if (last?.subarray(0, 4).toString() !== '-- {') throw unusable('its end is missing');
    return JSON.parse(last.subarray(3).toString()) as BackupManifest;
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#lines.next();
    if (done) throw unusable('its end is missing');
    return value;
  }
}

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const piece = chunk.subarray(from, at + 1);
      yield begun.length === 0 ? piece : Buffer.concat([...begun, piece]);
      begun = [];
      from = at + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) throw unusable('it ends in the middle of a line');
}
