import { createKeyCache } from '../../../../providers/keys/cache';

describe('cached data keys', () => {
  const wrapped = (text: string): Buffer => Buffer.from(`wrapped ${text}`);
  const setUp = () => {
    const clock = { now: 1 };
    const opened: string[] = [];
    const cache = createKeyCache({ keepMs: 1_000, entries: 2 }, () => clock.now);
    const obtain = (text: string) =>
      cache.obtain(wrapped(text), () => {
        opened.push(text);
        return Promise.resolve(text === 'gone' ? undefined : Buffer.from(text));
      });
    return { clock, opened, obtain };
  };

  test('are unwrapped once for as long as they are cached', async () => {
    const { clock, opened, obtain } = setUp();
    expect(await obtain('a')).toEqual(Buffer.from('a'));
    expect(await obtain('a')).toEqual(Buffer.from('a'));
    clock.now = 1_002;
    await obtain('a');
    expect(opened).toEqual(['a', 'a']);
  });

  test('are limited in number: the least recently used one is dropped', async () => {
    const { opened, obtain } = setUp();
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await obtain(text);
    expect(opened).toEqual(['a', 'b', 'c', 'b']);
  });

  test('that are gone are not cached', async () => {
    const { opened, obtain } = setUp();
    expect(await obtain('gone')).toBeUndefined();
    expect(await obtain('gone')).toBeUndefined();
    expect(opened).toEqual(['gone', 'gone']);
  });
});
