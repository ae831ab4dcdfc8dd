/** Days after which an unfinished multipart upload is aborted. */
const UNFINISHED_DAYS = 7;

const DAY_MS = 86_400_000;

/** Days for which an unfinished upload is kept: a week, or the retention period if that is shorter. */
export function uploadDays(retentionDays: number | undefined): number {
  return Math.min(UNFINISHED_DAYS, retentionDays ?? UNFINISHED_DAYS);
}

/** The moment `days` days before `now`. */
export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}
