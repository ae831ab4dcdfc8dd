import type { Client, ScheduleOptions } from '@temporalio/client';
import { ensureAuditSchedule } from '../../activities/audit-schedule';
import { ensureBackupSchedule } from '../../activities/backup-schedule';
import { ensureMailSchedule } from '../../activities/mail-schedule';
import { ensureScanSchedule } from '../../activities/scan-schedule';
import { ensureSweepSchedule } from '../../activities/sweep-schedule';
import { ensureTendingSchedule } from '../../activities/tending-schedule';

const ALL = [
  ...[ensureAuditSchedule, ensureBackupSchedule, ensureMailSchedule],
  ...[ensureScanSchedule, ensureSweepSchedule, ensureTendingSchedule],
];

/** Seconds into the interval at which the turns of each schedule come. */
async function offsets(minutes: number): Promise<number[]> {
  const made: ScheduleOptions[] = [];
  const client = { schedule: { create: (options: ScheduleOptions) => Promise.resolve(void made.push(options)) } };
  for (const ensure of ALL) await ensure(client as unknown as Client, minutes);
  return made.map(({ spec }) => Number(spec.intervals![0]!.offset) / 1000);
}

test('no two schedules begin together, and none on the full hour', async () => {
  const sorted = (await offsets(60)).sort((one, other) => one - other);
  expect(sorted).toHaveLength(ALL.length);
  const gaps = [0, ...sorted].map((offset, index) => (sorted[index] ?? 3600) - offset);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(30);
});

test('a schedule keeps its place, within its interval however short that is', async () => {
  expect(await offsets(60)).toEqual(await offsets(60));
  for (const offset of await offsets(1)) expect(offset).toBeLessThan(60);
});
