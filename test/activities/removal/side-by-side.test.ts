import { setImmediate as turn } from 'node:timers/promises';
import { sideBySide } from '../../../activities/removal/side-by-side';

test('no more than the limit are under way at a time, and all are done', async () => {
  let [underWay, most, done] = [0, 0, 0];
  const piece = async (): Promise<void> => {
    most = Math.max(most, (underWay += 1));
    await turn();
    underWay -= 1;
    done += 1;
  };
  await sideBySide(
    3,
    Array.from({ length: 10 }, () => piece),
  );
  expect([most, done]).toEqual([3, 10]);
});

test('a failure does not hold up the others, and is thrown at the end', async () => {
  const done: number[] = [];
  const pieces = [1, 2, 3].map((n) => async (): Promise<void> => {
    await turn();
    if (n === 1) throw new Error('one');
    done.push(n);
  });
  await expect(sideBySide(2, pieces)).rejects.toThrow('one');
  expect(done).toEqual([2, 3]);
});
