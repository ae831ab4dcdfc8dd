import { Cron } from 'croner';

/** The newest turn of a cron schedule of five fields, in UTC, at or before a time; undefined when there never was one. Throws for what is no schedule. */
export function lastTurn(schedule: string, until: Date): Date | undefined {
  // Turns are whole seconds, and the one before the second that follows is looked for.
  const after = new Date((Math.floor(until.getTime() / 1_000) + 1) * 1_000);
  return new Cron(schedule, { timezone: 'UTC', mode: '5-part' }).previousRuns(1, after)[0];
}

/** Whether a text is a schedule that has turns at all. */
export function isSchedule(schedule: string): boolean {
  try {
    return new Cron(schedule, { timezone: 'UTC', mode: '5-part' }).nextRun() !== null;
  } catch {
    return false;
  }
}
