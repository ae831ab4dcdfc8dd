import { createKeyCache } from '../../../activities/adapters/keys/cache';

describe('opened keys', () => {
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

  test('are asked for once as long as they are kept', async () => {
    const { clock, opened, obtain } = setUp();
    expect(await obtain('a')).toEqual(Buffer.from('a'));
    expect(await obtain('a')).toEqual(Buffer.from('a'));
    clock.now = 1_002;
    await obtain('a');
    expect(opened).toEqual(['a', 'a']);
  });

  test('are no more than there is room for: the one that was not used for longest goes', async () => {
    const { opened, obtain } = setUp();
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await obtain(text);
    expect(opened).toEqual(['a', 'b', 'c', 'b']);
  });

  test('that are gone are not kept', async () => {
    const { opened, obtain } = setUp();
    expect(await obtain('gone')).toBeUndefined();
    expect(await obtain('gone')).toBeUndefined();
    expect(opened).toEqual(['gone', 'gone']);
  });
});
