import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newIdentity, openAge, type AgeIdentity } from '../../activities/removal/export/age';
import { ObjectWalk } from '../../activities/removal/export/objects';
import { VolumeWriter } from '../../activities/removal/export/volume';
import { numbered, type ExportManifest } from '../../contract/exports/archive';
import type { TenantObjects } from '../../providers/storage/objects/current';
import { emptyVault } from '../helpers/providers/storage/memory-vault';

const TOOL = path.resolve(__dirname, '../../tools/verify-export.mjs');
const TENANT = 'k3v9x2m4q7w8r5ta';
const signal = AbortSignal.timeout(60_000);

/** Keys that no file system should be asked to use as a name. */
const HOSTILE = [
  '../../etc/passwd',
  '/absolute',
  'a'.repeat(1_024),
  'con',
  'new\nline',
  '🚲/ä ö',
  '.',
  'objects/000000001',
  'x\u0001y',
];

const bodyOf = (key: string): Buffer => Buffer.from(`content of ${key}`);

function objectsNamed(keys: string[]): TenantObjects {
  const modifiedAt = new Date(0);
  return {
    async *list() {
      for (const key of await Promise.resolve(keys))
        yield { key, versionId: 'v1', isLatest: true, isDeleteMarker: false, bytes: bodyOf(key).length, modifiedAt };
    },
    read: (_tenant, { key }) =>
      Promise.resolve({
        bytes: bodyOf(key).length,
        contentType: 'text/plain',
        headers: {},
        metadata: { owner: 'ada' },
        etag: '"1"',
        modifiedAt,
        content: once(bodyOf(key)),
      }),
  };
}

async function* once(content: Buffer): AsyncGenerator<Buffer, void> {
  yield await Promise.resolve(content);
}

let folder: string;
let age: AgeIdentity;
let key: string;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'verify-export-'));
  age = await newIdentity();
  key = path.join(folder, 'key.txt');
  writeFileSync(key, `# made for this test\n${age.identity}\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes an archive with `perVolume` objects in each volume, and returns its files. */
async function archive(keys: string[], perVolume = 100): Promise<string[]> {
  const vault = emptyVault();
  const walk = new ObjectWalk(objectsNamed(keys), TENANT, signal);
  const files: string[] = [];
  let [previous, from, last] = [null as string | null, 1, false];
  for (let volume = 1; !last; volume += 1) {
    const writer = new VolumeWriter(vault, { key: `${volume}`, recipient: age.recipient, signal });
    if (volume === 1) {
      await writer.addText('README.txt', 'An archive.\n');
      const rows = Buffer.from('id,name\n1,"a\nb"\n2,\n');
      const table = { name: 'project', rows: 2 };
      await writer.add({ path: 'database/project.csv', bytes: rows.length, content: once(rows), table });
    }
    const added = await walk.addTo(writer, volume, { bytes: 1e9, objects: perVolume });
    last = !added.more;
    const manifest: ExportManifest = {
      format: 1,
      program: 'test',
      tenantId: TENANT,
      operationId: 'op_1',
      tenantName: 'acme',
      plan: 'starter',
      template: 'starter 1',
      region: 'eu',
      isolation: 'pooled',
      writtenAt: new Date(0).toISOString(),
      volume,
      last,
      previous,
      objects: { from, count: added.count },
      entries: writer.entries,
    };
    const text = Buffer.from(JSON.stringify(manifest));
    await writer.end(`manifest-${numbered(volume)}.json`, text);
    previous = createHash('sha256').update(text).digest('hex');
    from += added.count;
    files.push(path.join(folder, `${numbered(volume)}.tar.age`));
    writeFileSync(files.at(-1)!, vault.files.get(`${volume}`)!);
  }
  return files;
}

function verify(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [TOOL, ...args], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr }),
    ),
  );
}

test('an archive is confirmed and extracted, whatever the names of the objects', async () => {
  const files = await archive(HOSTILE, 4);
  expect(files).toHaveLength(3);
  const target = path.join(folder, 'extracted');
  const { code, output } = await verify(...files.toReversed(), '--identity', key, '--extract', target);
  expect(output).toContain('Everything is as it was written.');
  expect(output).toMatch(/database\/project.csv +\d+ bytes 2 rows/);
  expect(code).toBe(0);
  const lines = [1, 2, 3].flatMap((volume) =>
    readFileSync(path.join(target, `objects-${numbered(volume)}.jsonl`), 'utf8')
      .trim()
      .split('\n'),
  );
  const listed = lines.map((line) => JSON.parse(line) as { key: string; path: string; metadata: object });
  expect(listed.map((object) => object.key)).toEqual(HOSTILE);
  for (const object of listed) expect(readFileSync(path.join(target, object.path))).toEqual(bodyOf(object.key));
  expect(readdirSync(folder).sort()).toEqual(['0001.tar.age', '0002.tar.age', '0003.tar.age', 'extracted', 'key.txt']);
});

test('an archive without any objects is confirmed', async () => {
  expect(await verify(...(await archive([])), '--identity', key)).toMatchObject({ code: 0 });
});

test('the tar inside is one that the tar command reads', async () => {
  const [file] = await archive(['a', 'b']);
  const tar: Buffer[] = [];
  for await (const chunk of openAge(age.identity, once(readFileSync(file!)))) tar.push(chunk);
  const listed = execFileSync('tar', ['-t'], { input: Buffer.concat(tar) })
    .toString()
    .trim()
    .split('\n');
  expect(listed).toEqual([
    'README.txt',
    'database/project.csv',
    'objects/000000001',
    'objects/000000002',
    'objects-0001.jsonl',
    'manifest-0001.json',
  ]);
});

test('a changed byte, a cut off file, and a missing or foreign volume are found', async () => {
  const files = await archive(HOSTILE, 4);
  const whole = readFileSync(files[1]!);
  const changed = Buffer.from(whole);
  changed[whole.length - 100]! ^= 1;
  for (const spoilt of [changed, whole.subarray(0, -1), whole.subarray(0, 10), Buffer.alloc(0)]) {
    writeFileSync(files[1]!, spoilt);
    const { code, output } = await verify(...files, '--identity', key);
    expect(output).toContain(`WRONG  ${files[1]}`);
    expect(code).toBe(1);
  }
  const { code, output } = await verify(files[0]!, files[2]!, '--identity', key);
  expect(output).toContain('WRONG  volume 2 is missing');
  expect(code).toBe(1);
  expect((await verify(...files.slice(0, 1), '--identity', key)).output).toContain('the last volume is missing');
  const other = (await archive([...HOSTILE].reverse(), 4))[1]!;
  const foreign = path.join(folder, 'other.age');
  writeFileSync(foreign, readFileSync(other));
  const first = (await archive(HOSTILE, 4))[0]!;
  expect((await verify(first, foreign, files[2]!, '--identity', key)).output).toContain(
    'volume 2 does not continue volume 1',
  );
});

test('a wrong key, a missing file and a missing argument are told apart from a damaged archive', async () => {
  const files = await archive([]);
  const wrong = path.join(folder, 'wrong.txt');
  writeFileSync(wrong, (await newIdentity()).identity);
  expect(await verify(...files, '--identity', wrong)).toMatchObject({ code: 2 });
  expect(await verify(path.join(folder, 'none.age'), '--identity', key)).toMatchObject({ code: 2 });
  expect(await verify(...files)).toMatchObject({ code: 2 });
});
