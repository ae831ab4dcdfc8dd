import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openParts, partContext, sealParts } from '../../../activities/backups/cipher';

const KEY = randomBytes(32);
const CONTEXT = partContext({ tenantId: 'k3v9x2m4q7w8r5ta', backupId: 'bk_1' });
const UNUSABLE = { type: 'BackupUnusable', nonRetryable: true };

async function* streamOf(chunks: Uint8Array[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for await (const each of stream) all.push(each);
  return all;
}

const sealed = (chunks: Uint8Array[], partBytes: number, key = KEY, context = CONTEXT): Promise<Buffer[]> =>
  collect(sealParts(key, context, streamOf(chunks), partBytes));
const opened = async (parts: Buffer[], key = KEY, context = CONTEXT): Promise<Buffer> =>
  Buffer.concat(await collect(openParts(key, context, streamOf(parts))));

const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 });
const partBytes = fc.integer({ min: 1, max: 64 });

test('any content, in chunks of any size, decrypts to what was encrypted', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, partBytes, async (plain, bytes) => {
      const parts = await sealed(plain, bytes);
      const length = plain.reduce((sum, each) => sum + each.length, 0);
      expect(parts).toHaveLength(Math.max(1, Math.ceil(length / bytes)));
      expect((await opened(parts)).equals(Buffer.concat(plain))).toBe(true);
    }),
  );
});

test('parts that are missing, swapped, repeated, added or changed by one bit are detected', async () => {
  const spoil = fc.constantFrom('drop', 'swap', 'repeat', 'flip', 'cut');
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 20, maxLength: 200 }),
      spoil,
      fc.nat(),
      fc.nat(),
      async (plain, how, a, b) => {
        const parts = await sealed([plain], 8);
        const [one, two] = [a % parts.length, b % parts.length];
        const spoilt = parts.map((part) => Buffer.from(part));
        if (how === 'drop') spoilt.splice(one, 1);
        if (how === 'swap') {
          fc.pre(one !== two);
          [spoilt[one], spoilt[two]] = [spoilt[two]!, spoilt[one]!];
        }
        if (how === 'repeat') spoilt.splice(one, 0, spoilt[two]!);
        if (how === 'flip') spoilt[one]![b % spoilt[one]!.length]! ^= 1 << (a % 8);
        if (how === 'cut') spoilt[one] = spoilt[one]!.subarray(0, b % spoilt[one]!.length);
        await expect(opened(spoilt)).rejects.toMatchObject(UNUSABLE);
      },
    ),
  );
});

test('a backup that is cut off between two parts is refused, naming the last part', async () => {
  const parts = await sealed([randomBytes(30)], 10);
  await expect(opened(parts.slice(0, 2))).rejects.toThrow('it is cut off after part 1');
  await expect(opened([])).rejects.toThrow('it has no parts');
});

test('parts cannot be decrypted with another key, or for another tenant or backup', async () => {
  const parts = await sealed([randomBytes(30)], 10);
  await expect(opened(parts, randomBytes(32))).rejects.toMatchObject(UNUSABLE);
  for (const other of [
    { tenantId: 'k3v9x2m4q7w8r5tb', backupId: 'bk_1' },
    { tenantId: 'k3v9x2m4q7w8r5ta', backupId: 'bk_2' },
  ])
    await expect(opened(parts, KEY, partContext(other))).rejects.toMatchObject(UNUSABLE);
});

test('encryption streams: a part is written before the input after it is read', async () => {
  let asked = 0;
  async function* source(): AsyncGenerator<Buffer> {
    for (; asked < 100; asked += 1) yield randomBytes(10);
  }
  const parts = sealParts(KEY, CONTEXT, source(), 10);
  await parts.next();
  expect(asked).toBeLessThan(5);
  await parts.return();
});
