import { repetitions, runningAttempts, waitingRetries, type Attempt, type Repetition, type Retry } from './attempts';
import { quantile, type Distribution } from './distribution';
import { FEWEST_SAMPLES } from './remaining';
import { durationText, timeText } from './words';

/** `slow`: beyond the 95th percentile of earlier runs. `stuck`: no attempt makes progress, a failed one waits to be repeated, or one that failed twice is under way again. */
export const PACES = ['normal', 'slow', 'stuck'] as const;

/** How a step gets on, with the reason. */
export interface Pace {
  pace: (typeof PACES)[number];
  reason: string;
}

/** Which worker last asked a task queue for work: a time, `never` as far as Temporal remembers, or `unknown` if Temporal does not answer. */
export type Polled = Date | 'never' | 'unknown';

/** What is known of a step in progress. */
export interface StepInProgress {
  /** When it could begin. */
  since: Date;
  now: Date;
  attempts: readonly Attempt[];
  /** How often an activity is tried, as far as providers answer; undefined if that is not limited. */
  maximumAttempts: number | undefined;
  /** How long earlier runs took. */
  durations: Distribution;
  /** Of an undo that has begun: when it is given up. */
  givenUpAt?: Date | undefined;
  /** Pollers of the step's task queues, as far as they were asked: see {@link needsPollers}. */
  polled: readonly { queue: string; last: Polled }[];
}

/** Beyond this share of the earlier runs, a step is slow. */
const SLOW = 0.95;

/** An idle worker asks at least once a minute. */
const SILENT_SECONDS = 75;

/** A worker that has a free place begins within this time. */
const PROMPT_SECONDS = 2;

/** A step that no worker has begun after this time does not get on, whatever is known of the workers. */
const LATE_SECONDS = 15;

/** Temporal takes a worker for lost this long after its last heartbeat. */
const HEARTBEAT_SECONDS = 20;

/** Whether it matters which workers poll the step's task queues: nothing has begun although it could, or an attempt may have lost its worker. */
export function needsPollers({ since, now, attempts }: Pick<StepInProgress, 'since' | 'now' | 'attempts'>): boolean {
  const running = runningAttempts(attempts);
  if (running.length > 0) return running.every(({ startedAt }) => secondsBetween(startedAt, now) > HEARTBEAT_SECONDS);
  const due = waitingRetries(attempts).map(({ nextTry }) => nextTry);
  const waitedFrom = due.length > 0 ? due.reduce((one, other) => (one < other ? one : other)) : since;
  return secondsBetween(waitedFrom, now) > PROMPT_SECONDS;
}

/** How a step in progress gets on. */
export function paceOf(step: StepInProgress): Pace {
  const { pace, reason } = judge(step);
  const { givenUpAt, now } = step;
  if (pace !== 'stuck' || givenUpAt === undefined || givenUpAt <= now) return { pace, reason };
  return { pace, reason: `${reason} Tried until ${timeText(givenUpAt)}.` };
}

function judge(step: StepInProgress): Pace {
  const { since, now, attempts, durations, polled } = step;
  const [retry] = waitingRetries(attempts).sort((one, other) => other.nextTry.getTime() - one.nextTry.getTime());
  if (retry && retry.nextTry > now) return { pace: 'stuck', reason: retryReason(retry, step) };
  const abandoned = polled.find(({ last }) => isSilent(last, now));
  if (abandoned) return { pace: 'stuck', reason: abandonedReason(abandoned) };
  const running = runningAttempts(attempts);
  const unknown = polled.find(({ last }) => last === 'unknown');
  const [repeated] = repetitions(attempts);
  if (repeated) return { pace: 'stuck', reason: repeatedReason(repeated, now) };
  const isLate = attempts.length === 0 && secondsBetween(since, now) > LATE_SECONDS;
  if (running.length === 0 && (unknown || retry || isLate))
    return { pace: 'stuck', reason: notBegunReason(step, retry, unknown) };
  const elapsed = secondsBetween(since, now);
  const began = running.length > 0 ? 'under way' : 'waiting for a free worker';
  const where = `${began} for ${durationText(elapsed)}`;
  if (durations.length < FEWEST_SAMPLES)
    return {
      pace: 'normal',
      reason: capital(`${where}; ${durations.length} earlier runs are too few to call that fast or slow.`),
    };
  const bound = quantile(durations, SLOW);
  return {
    pace: elapsed > bound ? 'slow' : 'normal',
    reason: capital(`${where}; 95 % of ${durations.length} earlier runs took at most ${durationText(bound)}.`),
  };
}

function retryReason({ last, nextTry, refusals, unansweredSince, cause }: Retry, step: StepInProgress): string {
  const next = `in ${durationText(secondsBetween(step.now, nextTry))}`;
  if (unansweredSince)
    return `No answer since ${timeText(unansweredSince)}. ${cause}. Attempt ${last.attempt + 1} begins ${next}.`;
  const most = step.maximumAttempts === undefined ? '' : ` of ${step.maximumAttempts}`;
  const number = step.maximumAttempts === undefined ? last.attempt + 1 : refusals + 1;
  return `Retry ${number}${most} ${next}; the last attempt failed: ${cause}.`;
}

function abandonedReason({ queue, last }: { queue: string; last: Polled }): string {
  const seen = last instanceof Date ? `; the last one asked for work at ${timeText(last)}` : '';
  return `No worker on \`${queue}\`${seen}.`;
}

function repeatedReason({ running: { attempt, startedAt }, cause }: Repetition, now: Date): string {
  return `Attempt ${attempt} has been under way for ${durationText(secondsBetween(startedAt, now))}; the one before failed: ${cause}.`;
}

function notBegunReason(
  { since, polled }: StepInProgress,
  retry: Retry | undefined,
  unknown: { queue: string } | undefined,
): string {
  const what = retry
    ? `Attempt ${retry.last.attempt + 1} has been due since ${timeText(retry.nextTry)}`
    : `Due since ${timeText(since)}`;
  if (unknown) return `${what}; Temporal does not answer, so whether a worker polls \`${unknown.queue}\` is unknown.`;
  const queues = polled.map(({ queue }) => `\`${queue}\``).join(' or ');
  return `${what}, and no worker${queues === '' ? '' : ` on ${queues}`} has begun it.`;
}

/** Whether no worker polls a task queue. */
export function isSilent(last: Polled, now: Date): boolean {
  return last === 'never' || (last instanceof Date && secondsBetween(last, now) > SILENT_SECONDS);
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
