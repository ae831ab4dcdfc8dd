import { newIdentity } from '../../../../activities/removal/export/age';
import { VolumeWriter } from '../../../../activities/removal/export/volume';
import { partsOf } from '../../../../providers/storage/vault/upload';

const MB = 1_000_000;

test('200 MB more are packed, encrypted and cut into parts without more memory', async () => {
  await write(200 * MB);
  const before = process.memoryUsage().rss;
  expect((await write(200 * MB)) - before).toBeLessThan(50 * MB);
});

/** Writes a volume with a file of this size. Resolves with the most memory that the process had. */
async function write(size: number): Promise<number> {
  const { recipient } = await newIdentity();
  let [peak, stored] = [0, 0];
  const upload = async (_key: string, content: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const part of partsOf(content)) {
      stored += part.length;
      peak = Math.max(peak, process.memoryUsage().rss);
    }
  };
  const signal = AbortSignal.timeout(60_000);
  const writer = new VolumeWriter({ upload }, { key: 'x', recipient, signal });
  const chunk = Buffer.alloc(100_000, 1);
  const content = async function* (): AsyncGenerator<Buffer, void> {
    for (let sent = 0; sent < size; sent += chunk.length) yield await Promise.resolve(chunk);
  };
  await writer.add({ path: 'objects/1', bytes: size, content: content() });
  const { bytes } = await writer.end('manifest-0001.json', Buffer.from('{}'));
  expect(stored).toBe(bytes);
  expect(bytes).toBeGreaterThan(size);
  return peak;
}

test('parts have one size until a store would run out of part numbers, and then grow', async () => {
  const sizes: number[] = [];
  const content = async function* (): AsyncGenerator<Buffer, void> {
    for (let sent = 0; sent < 2_500; sent += 1) yield await Promise.resolve(Buffer.alloc(10));
  };
  for await (const part of partsOf(content(), 10)) sizes.push(part.length);
  expect([sizes[0], sizes[999], sizes[1_000], sizes.at(-1)]).toEqual([10, 10, 20, 20]);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(25_000);
});
