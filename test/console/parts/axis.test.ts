import { secondMarks } from '../../../console/parts/charts/axis';

test.each([
  [0, [0, 0.1]],
  [0.25, [0, 0.1, 0.2, 0.3]],
  [4.2, [0, 1, 2, 3, 4, 5]],
  [42, [0, 10, 20, 30, 40, 50]],
  [61, [0, 15, 30, 45, 60, 75]],
  [900, [0, 300, 600, 900]],
  [5_000, [0, 1_800, 3_600, 5_400]],
])('an axis up to %d seconds has the round marks %j', (longest, marks) => {
  expect(secondMarks(longest)).toEqual(marks);
});

test('however long a duration is, the axis reaches it with few marks', () => {
  for (const longest of [0.01, 7, 333, 86_401, 3e6, 5e7]) {
    const marks = secondMarks(longest);
    expect(marks.length).toBeLessThanOrEqual(6);
    expect(marks.at(-1)).toBeGreaterThanOrEqual(longest);
  }
});
