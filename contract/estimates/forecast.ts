import type { OperationKind } from '../operations/kinds';
import { hasEnded } from '../operations/states';
import type { Step } from '../operations/steps';
import type { OperationEstimate } from '../schemas/estimate-schema';
import type { Attempt } from './attempts';
import { levelsOf } from './levels';
import { needsPollers, paceOf, type Pace, type Polled } from './pace';
import { latest, type PastRun } from './past-run';
import { positionOf, type Position, type StepFacts } from './position';
import { durationsOf, estimateRemaining } from './remaining';
import { summaryOf } from './summary';
import { waitOf, type Wait, type WaitFacts } from './waits';
import { taskQueuesOf } from './where';

/** A recorded attempt and where it belongs. */
export interface StepAttempt extends Attempt {
  step: Step;
  direction: 'forward' | 'compensation';
}

/** What is recorded of an operation. */
export interface OperationFacts extends Omit<WaitFacts, 'asksForHolds'> {
  kind: OperationKind;
  region: string | null;
  createdAt: Date;
  /** Whether an approver still has to decide. */
  needsApproval: boolean;
  approvedAt: Date | undefined;
  /** When an operator last had failed steps retried. */
  retriedAt: Date | null;
  maximumAttempts: number | undefined;
  steps: readonly StepFacts[];
  attempts: readonly StepAttempt[];
}

/** Earlier operations to compare with. */
export interface Past {
  runs: readonly PastRun[];
  regions: OperationEstimate['regions'];
}

/** What can be said of an operation's end, and of each of its steps in progress. */
export interface Forecast {
  /** Absent once the operation has ended. */
  estimate?: OperationEstimate;
  paces: Map<Step, Pace>;
}

/** When a forecast is made, and what is known then besides the operation. */
export interface ForecastAt {
  now: Date;
  /** Pollers of {@link queuesToAsk}. */
  polled: ReadonlyMap<string, Polled>;
  /** Seconds for which the undo of a step is tried; not told without. */
  compensationSeconds?: number | undefined;
}

/** Task queues whose pollers a forecast has to know. */
export function queuesToAsk(facts: OperationFacts, now: Date): string[] {
  if (hasEnded(facts.status) || waitingOf(facts)) return [];
  const queues = inProgress(facts)
    .filter(({ since, attempts }) => needsPollers({ since, now, attempts }))
    .flatMap(({ step }) => taskQueuesOf(step, facts.region));
  return [...new Set(queues)];
}

/** The forecast at `now`: a function of what is recorded and of the time, so that two reads of the same state agree. */
export function forecastOf(facts: OperationFacts, { runs, regions }: Past, at: ForecastAt): Forecast {
  const { now } = at;
  const { kind, status } = facts;
  if (hasEnded(status)) return { paces: new Map() };
  const wait = waitingOf(facts);
  const paces = wait ? pacesOfWait(facts, wait) : pacesOf(facts, runs, at);
  const undoes = status === 'compensating' || status === 'needs_operator';
  if (undoes) {
    const waitsFor = wait ? { waitsFor: wait.for } : {};
    const summary = wait?.reason ?? 'What was done is being undone; how long that takes is not estimated.';
    return { paces, estimate: { samples: 0, regions, criticalPath: [], ...waitsFor, summary } };
  }
  const position = positionNow(facts);
  const waitsFor = wait?.for ?? nextWait(facts, position);
  const remaining = estimateRemaining(kind, runs, {
    ...(wait ? workAfter(facts, position) : position),
    elapsedSeconds: wait ? 0 : Math.max(0, (now.getTime() - position.since.getTime()) / 1000),
  });
  const { duration, criticalPath, samples } = remaining;
  const after = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();
  const times =
    duration && !waitsFor ? { likelyAt: after(duration.likelySeconds), lateAt: after(duration.lateSeconds) } : {};
  return {
    paces,
    estimate: {
      ...(duration ? { likelySeconds: duration.likelySeconds, lateSeconds: duration.lateSeconds, ...times } : {}),
      samples,
      regions,
      criticalPath,
      ...(waitsFor ? { waitsFor } : {}),
      summary: summaryOf(remaining, { regions, waitsFor, wait }),
    },
  };
}

function waitingOf(facts: OperationFacts): Wait | undefined {
  const asksForHolds = facts.attempts.some(({ step }) => step === 'legal-hold');
  return waitOf({ ...facts, asksForHolds });
}

function positionNow({ kind, steps, createdAt, approvedAt, retriedAt }: OperationFacts): Position {
  const resumed = latest(createdAt, approvedAt, retriedAt ?? undefined);
  return positionOf(kind, steps, { began: createdAt, resumed });
}

/** The steps that remain after the decision. An approved order is validated again. */
function workAfter({ kind, status }: OperationFacts, { open, later }: Position): { open: Step[]; later: Step[] } {
  const again = status === 'awaiting_approval' ? levelsOf(kind)[0]! : [];
  return { open: [], later: [...again, ...open, ...later] };
}

function nextWait({ needsApproval, graceDays }: OperationFacts, { waitsAhead }: Position): Wait['for'] | undefined {
  if (needsApproval) return 'approver';
  return waitsAhead && graceDays !== 0 ? 'grace-period' : undefined;
}

/** A wait is shown at the step it keeps from going on. */
function pacesOfWait({ steps, status }: OperationFacts, { for: what, pace, reason }: Wait): Map<Step, Pace> {
  const held: readonly string[] =
    what === 'operator'
      ? status === 'on_hold'
        ? ['failed']
        : ['compensating', 'failed', 'running']
      : ['running', 'pending'];
  const [first] = steps.filter(({ state }) => held.includes(state));
  return new Map(first ? [[first.id, { pace, reason }]] : []);
}

/** The steps in progress, with those of their attempts that count. */
function inProgress(facts: OperationFacts): { step: Step; since: Date; attempts: StepAttempt[] }[] {
  const { status, steps, attempts, retriedAt, createdAt } = facts;
  const direction = status === 'compensating' ? 'compensation' : 'forward';
  const counted = attempts.filter(
    (each) => each.direction === direction && (!retriedAt || each.startedAt >= retriedAt),
  );
  const of = (step: Step): StepAttempt[] => counted.filter((attempt) => attempt.step === step);
  if (status === 'compensating')
    return steps
      .filter(({ state }) => state === 'compensating')
      .map(({ id }) => ({ step: id, since: of(id)[0]?.startedAt ?? createdAt, attempts: of(id) }));
  const { open, since } = positionNow(facts);
  return open.map((step) => ({ step, since, attempts: of(step) }));
}

function pacesOf(
  facts: OperationFacts,
  runs: readonly PastRun[],
  { now, polled, compensationSeconds }: ForecastAt,
): Map<Step, Pace> {
  const { region, maximumAttempts, status } = facts;
  const isForward = status !== 'compensating';
  return new Map(
    inProgress(facts).map(({ step, since, attempts }) => [
      step,
      paceOf({
        since,
        now,
        attempts,
        // An undo is repeated until its time is over, and how long undoes take is not measured.
        maximumAttempts: isForward ? maximumAttempts : undefined,
        givenUpAt:
          isForward || compensationSeconds === undefined || attempts.length === 0
            ? undefined
            : new Date(since.getTime() + compensationSeconds * 1000),
        durations: isForward ? durationsOf(runs, step) : [],
        polled: taskQueuesOf(step, region).flatMap((queue) => {
          const last = needsPollers({ since, now, attempts }) ? polled.get(queue) : undefined;
          return last === undefined ? [] : [{ queue, last }];
        }),
      }),
    ]),
  );
}
