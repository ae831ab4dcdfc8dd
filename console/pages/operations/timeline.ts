import type { Event, Operation } from '../../../clients/typescript/src/types';
import { WAIT_STATUSES, type WaitStatus } from '../../../contract/operations/states';

/** Milliseconds since the epoch. */
type Ms = number;

/** A stretch of time; without an end it goes on. */
export interface Span {
  from: Ms;
  to?: Ms;
  what: 'running' | 'failed' | 'undoing';
}

/** A failed attempt, and the time until the next one began. */
export interface Retry {
  at: Ms;
  attempt: number;
  failure?: string;
  /** When the next attempt began; absent while it is awaited, or if there is none. */
  until?: Ms;
}

/** What happened in one step. */
export interface StepTimeline {
  spans: Span[];
  retries: Retry[];
}

/** Time in which the operation waited for people or for a date. */
export interface Wait {
  from: Ms;
  to?: Ms;
  status: WaitStatus;
}

/** Whether an operation in this status waits for a person or for a date, so that no step of it is late. */
export function isWait(status: string): status is WaitStatus {
  return (WAIT_STATUSES as readonly string[]).includes(status);
}

/** When everything in an operation happened. */
export interface Timeline {
  steps: Map<string, StepTimeline>;
  waits: Wait[];
}

/** The timeline that an operation's events tell. They come in order, from its acceptance on. */
export function timelineOf(events: readonly Event[]): Timeline {
  const steps = new Map<string, StepTimeline>();
  const waits: Wait[] = [];
  for (const { type, at, data } of events) {
    const time = Date.parse(at);
    if (type === 'operation.status') {
      close(waits.at(-1), time);
      const status = WAIT_STATUSES.find((each) => each === data['status']);
      if (status) waits.push({ from: time, status });
      continue;
    }
    const step = data['step'];
    if (typeof step !== 'string') continue;
    const timeline = steps.get(step) ?? { spans: [], retries: [] };
    steps.set(step, timeline);
    if (type === 'step.state') addState(timeline, time, data['state']);
    if (type === 'step.attempt') addAttempt(timeline, time, data);
  }
  return { steps, waits };
}

function addState({ spans, retries }: StepTimeline, time: Ms, state: unknown): void {
  const open = spans.at(-1);
  if (state === 'failed' && open && open.to === undefined && open.what === 'running') open.what = 'failed';
  close(open, time);
  if (state === 'running') spans.push({ from: time, what: 'running' });
  if (state === 'compensating') spans.push({ from: time, what: 'undoing' });
  // Nothing is awaited in a step that has ended.
  if (state !== 'running' && state !== 'compensating') for (const retry of retries) retry.until ??= time;
}

function addAttempt({ retries }: StepTimeline, time: Ms, data: Event['data']): void {
  const attempt = Number(data['attempt']);
  if (data['state'] === 'failed') {
    const { failure } = data;
    retries.push({ at: time, attempt, ...(typeof failure === 'string' && { failure }) });
  } else {
    const awaited = retries.find((retry) => retry.until === undefined && retry.attempt === attempt - 1);
    if (awaited) awaited.until = time;
  }
}

function close(open: { to?: Ms } | undefined, time: Ms): void {
  if (open && open.to === undefined) open.to = time;
}

/** Share of the width that a wait gets that is longer than all work together. */
const LONGEST_WAIT_SHARE = 0.15;

/** Places moments on a line of length 1. */
export type Scale = (time: Ms) => number;

/**
 * A scale from the operation's acceptance to its end, or to the present. Work is in proportion. A wait for people takes days where the work
 * takes seconds, so it gets a fixed width if it would otherwise leave none for the work.
 */
export function scaleOf(
  { createdAt, completedAt, steps }: Pick<Operation, 'createdAt' | 'completedAt' | 'steps'>,
  waits: readonly Wait[],
  now: Ms,
): Scale {
  const from = Date.parse(createdAt);
  // What follows the pivot may end a moment after the operation.
  const ends = [completedAt, ...steps.map(({ endedAt }) => endedAt)].map((at) =>
    at === undefined ? 0 : Date.parse(at),
  );
  const end = Math.max(from + 1, ...ends, completedAt === undefined ? now : 0);
  const stretches: { from: Ms; to: Ms; width: number }[] = [];
  const working = Math.max(1, end - from - waits.reduce((sum, wait) => sum + (wait.to ?? end) - wait.from, 0));
  let at = from;
  const add = (to: Ms, width: number): void => {
    if (to > at) stretches.push({ from: at, to, width });
    at = Math.max(at, to);
  };
  for (const wait of waits) {
    add(wait.from, wait.from - at);
    const length = (wait.to ?? end) - wait.from;
    add(wait.to ?? end, Math.min(length, working * LONGEST_WAIT_SHARE));
  }
  add(end, end - at);
  const total = stretches.reduce((sum, { width }) => sum + width, 0);
  return (time) => {
    let before = 0;
    for (const stretch of stretches) {
      if (time < stretch.to)
        return (before + (stretch.width * Math.max(0, time - stretch.from)) / (stretch.to - stretch.from)) / total;
      before += stretch.width;
    }
    return 1;
  };
}
