import type { ScheduleOptions } from '@temporalio/client';
import type { Scheduler } from '../../worker/ensure-interval';
import { ensureSchedule, SCHEDULE_NAMES } from '../../worker/schedules';

/** Offset of each schedule in its interval, in seconds. */
async function offsets(minutes: number): Promise<number[]> {
  const made: ScheduleOptions[] = [];
  const getHandle = (): never => {
    throw new Error('Every schedule is new.');
  };
  const client: Scheduler = { schedule: { create: async (options) => void made.push(options), getHandle } };
  for (const name of SCHEDULE_NAMES) await ensureSchedule(client, name, minutes);
  return made.map(({ spec }) => Number(spec.intervals![0]!.offset) / 1000);
}

test('no two schedules start together, and none on the full hour', async () => {
  const sorted = (await offsets(60)).sort((one, other) => one - other);
  expect(sorted).toHaveLength(SCHEDULE_NAMES.length);
  const gaps = [0, ...sorted].map((offset, index) => (sorted[index] ?? 3600) - offset);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30);
});

test('a schedule keeps its offset, within its interval however short', async () => {
  expect(await offsets(60)).toEqual(await offsets(60));
  for (const offset of await offsets(1)) expect(offset).toBeLessThan(60);
});
