import { Cron } from 'croner';

/** The newest time of a five-field cron schedule (UTC) at or before `until`; undefined if there is none. Throws for an invalid schedule. */
export function lastTurn(schedule: string, until: Date): Date | undefined {
  // The library looks strictly before a time, so start at the next whole second to include `until` itself.
  const after = new Date((Math.floor(until.getTime() / 1_000) + 1) * 1_000);
  return new Cron(schedule, { timezone: 'UTC', mode: '5-part' }).previousRuns(1, after)[0];
}

/** Whether a text is a valid schedule that is ever due. */
export function isSchedule(schedule: string): boolean {
  try {
    return new Cron(schedule, { timezone: 'UTC', mode: '5-part' }).nextRun() !== null;
  } catch {
    return false;
  }
}
