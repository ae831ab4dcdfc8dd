import fc from 'fast-check';
import {
  copyLine,
  endOfRows,
  RowMeter,
  scriptHead,
  ScriptReader,
  scriptTail,
  type ScriptHeader,
} from '../../../../providers/postgres/backup/dump-script';
import type { BackupManifest } from '../../../../registry/backups/backups';

const UNUSABLE = { type: 'BackupUnusable' };
const TABLES = [
  { name: 'project', columns: ['id', 'name'] },
  { name: 'Odd "table"', columns: ['note'] },
];
const KNOWN = {
  isolation: 'schema',
  schemaVersion: '0001',
  serverVersion: '18.1',
  takenAt: '2026-01-31T12:00:00.000Z',
} as const;
const HEADER: ScriptHeader = { format: 1, backupId: 'bk_1', tenantId: 'k3v9x2m4q7w8r5ta', ...KNOWN, tables: TABLES };
const MANIFEST: BackupManifest = {
  ...KNOWN,
  tables: TABLES.map((table) => ({ ...table, rows: 1, sha256: 'x' })),
  sequences: [{ name: 'counter', lastValue: '7', isCalled: true }],
};

/** A script with these rows, each a complete line in COPY's text format. */
function scriptOf(rows: string[][]): Buffer {
  return Buffer.concat([
    Buffer.from(scriptHead(HEADER, 't_x')),
    ...TABLES.flatMap((table, index) => [
      Buffer.from(copyLine(table)),
      Buffer.from((rows[index] ?? []).map((row) => `${row}\n`).join('')),
      endOfRows(),
    ]),
    Buffer.from(scriptTail('t_x', MANIFEST)),
  ]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(
  bytes: Buffer,
  size = 7,
): Promise<{ header: ScriptHeader; rows: string[]; manifest: BackupManifest }> {
  const reader = new ScriptReader(inPieces(bytes, size));
  const header = await reader.header();
  const rows: string[] = [];
  for (const table of header.tables) {
    await reader.table(table);
    const pieces: Buffer[] = [];
    for await (const piece of reader.rows()) pieces.push(piece);
    rows.push(Buffer.concat(pieces).toString());
  }
  return { header, rows, manifest: await reader.manifest() };
}

// Text as COPY writes it: backslashes and line ends are escaped, so no row is a lone `\.`.
const row = fc.string().map((text) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r'));

test('reads back as it was written, in chunks of any size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row), fc.array(row), fc.integer({ min: 1, max: 90 }), async (first, second, size) => {
      const { header, rows, manifest } = await read(scriptOf([first, second]), size);
      expect(header).toEqual(HEADER);
      expect(manifest).toEqual(MANIFEST);
      expect(rows).toEqual([first, second].map((each) => each.map((line) => `${line}\n`).join('')));
    }),
  );
});

test('a script that is cut off anywhere is refused', async () => {
  const script = scriptOf([['1\tone'], []]);
  for (let length = 0; length < script.length; length += 1)
    await expect(read(script.subarray(0, length))).rejects.toMatchObject(UNUSABLE);
});

test('tables in a different order from its header are refused', async () => {
  const script = scriptOf([[], []]).toString().replace(copyLine(TABLES[0]!), copyLine(TABLES[1]!));
  await expect(read(Buffer.from(script))).rejects.toThrow('another table was found where project was expected');
});

test('another format is refused by name', async () => {
  const script = scriptOf([[], []]).toString().replace('"format":1', '"format":2');
  await expect(read(Buffer.from(script))).rejects.toThrow('its format is 2');
});

test('psql can run the script: the search path is set before the rows, and sequences follow them', () => {
  const text = scriptOf([['1\tone'], []]).toString();
  expect(text).toContain('SET search_path = "t_x";\n');
  expect(text).toContain('COPY "project" ("id", "name") FROM stdin;\n1\tone\n\\.\n');
  expect(text).toContain('COPY "Odd ""table""" ("note") FROM stdin;\n\\.\n');
  expect(text).toContain(`SELECT pg_catalog.setval('"t_x"."counter"', 7, true);\n`);
  const pooled = scriptHead({ ...HEADER, isolation: 'pooled' }, 'app');
  expect(pooled).toContain(`SELECT pg_catalog.set_config('app.tenant', 'k3v9x2m4q7w8r5ta', false);\n`);
});

test('rows are counted by their line ends, wherever chunks begin', () => {
  const meters = [
    ['a\nb\n', 'c\n'],
    ['a', '\nb\nc', '\n'],
  ].map((pieces) => {
    const meter = new RowMeter();
    for (const piece of pieces) meter.pass(Buffer.from(piece));
    return { rows: meter.rows, sha256: meter.sha256() };
  });
  expect(meters[0]).toEqual(meters[1]);
  expect(meters[0]!.rows).toBe(3);
});
