import { isSchedule, lastTurn } from '../../templates/schedule';

test.each([
  ['0 2 * * *', '2026-01-31T02:00:00.000Z', '2026-01-31T02:00:00.000Z'],
  ['0 2 * * *', '2026-01-31T02:00:00.300Z', '2026-01-31T02:00:00.000Z'],
  ['0 2 * * *', '2026-01-31T01:59:59.999Z', '2026-01-30T02:00:00.000Z'],
  ['15 */6 * * *', '2026-01-31T12:14:59.999Z', '2026-01-31T06:15:00.000Z'],
  ['0 0 29 2 *', '2026-01-31T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
])('the latest turn of %s at %s was %s', (schedule, until, turn) => {
  expect(lastTurn(schedule, new Date(until))?.toISOString()).toBe(turn);
});

test.each(['99 * * * *', '0 0 30 2 *', '0 2 * *', 'daily'])('%s is not a schedule', (schedule) => {
  expect(isSchedule(schedule)).toBe(false);
});

test('setting the clock back repeats no turn: the earlier one is returned', () => {
  const turns = ['2026-01-31T02:00:01Z', '2026-01-31T01:30:00Z', '2026-01-31T02:00:01Z'].map((now) =>
    lastTurn('0 2 * * *', new Date(now))!.toISOString(),
  );
  expect(turns).toEqual(['2026-01-31T02:00:00.000Z', '2026-01-30T02:00:00.000Z', '2026-01-31T02:00:00.000Z']);
});
