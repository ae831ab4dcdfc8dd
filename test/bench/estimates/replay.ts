import { forecastOf, type OperationFacts, type Past } from '../../../contract/estimates/forecast';
import { pastRunOf, type FinishedRun, type PastRun } from '../../../contract/estimates/past-run';
import { FEWEST_SAMPLES } from '../../../contract/estimates/remaining';
import type { Plan } from '../../../contract/orders/order';
import type { Step } from '../../../contract/operations/steps';
import { viewSteps, type RecordedAttempt } from '../../../registry/views/steps';
import type { RecordedRun } from './recording';

/** Shares of a run's way at which its estimate is looked at. */
export const THIRDS = [0, 1 / 3, 2 / 3] as const;

/** An estimate of a recorded run, and what came of it. */
export interface Judged {
  plan: Plan;
  third: number;
  /** Whether the run is one of the later half of the recording. */
  late: boolean;
  /** Absent when there were too few earlier runs, or the step had outlasted them. */
  estimate: { likelySeconds: number; lateSeconds: number } | undefined;
  /** What the run still took. */
  tookSeconds: number;
}

/** Replays runs in the order of time: every estimate knows only the newest `most` of the runs that had ended by then. */
export function replay(runs: readonly RecordedRun[], most: number): Judged[] {
  const finished = runs.filter(({ status }) => status === 'active').map((run) => ({ run, past: asPastRun(run) }));
  return finished.flatMap(({ run }, index) =>
    THIRDS.map((share, third) => {
      const now = run.accepted + share * (run.ended - run.accepted);
      const known = finished
        .filter((other) => other.run.ended < now && other.run.plan === run.plan && other.past)
        .sort((one, other) => other.run.ended - one.run.ended);
      const { estimate } = forecastOf(factsAt(run, now), pastOf(known, run.region, most), {
        now: new Date(now),
        polled: new Map(),
      });
      const { likelySeconds, lateSeconds } = estimate ?? {};
      return {
        plan: run.plan,
        third,
        late: index >= finished.length / 2,
        estimate: likelySeconds === undefined || lateSeconds === undefined ? undefined : { likelySeconds, lateSeconds },
        tookSeconds: (run.ended - now) / 1000,
      };
    }),
  );
}

function pastOf(known: readonly { run: RecordedRun; past: PastRun | undefined }[], region: string, most: number): Past {
  const runsOf = (chosen: typeof known): PastRun[] => chosen.slice(0, most).flatMap(({ past }) => past ?? []);
  const own = runsOf(known.filter(({ run }) => run.region === region));
  return own.length >= FEWEST_SAMPLES ? { runs: own, regions: 'own' } : { runs: runsOf(known), regions: 'all' };
}

function asPastRun({ accepted, ended, attempts }: RecordedRun): PastRun | undefined {
  const ends: FinishedRun['ends'] = {};
  for (const [step, , , end, failed] of attempts)
    if (end !== null && failed === 0) ends[step] = new Date(Math.max(end, ends[step]?.getTime() ?? 0));
  return pastRunOf('provision', { began: new Date(accepted), completed: new Date(ended), ends });
}

/** What the registry knew of the run at `now`. */
function factsAt(run: RecordedRun, now: number): OperationFacts {
  const attempts = numbered(run.attempts.filter(([, , began]) => began <= now)).map(
    ({ step, activityId, attempt, began, ended, failed }): RecordedAttempt => ({
      operationId: '',
      activityId,
      attempt,
      step,
      direction: 'forward',
      startedAt: new Date(began),
      endedAt: ended !== null && ended <= now ? new Date(ended) : null,
      errorType: failed && ended !== null && ended <= now ? 'ProviderUnavailable' : null,
      errorMessage: null,
      nextTry: null,
    }),
  );
  const status = 'provisioning';
  const knowledge = { kind: 'provision', status, reported: null, skipped: [], retriedAt: null } as const;
  return {
    kind: 'provision',
    status,
    region: run.region,
    createdAt: new Date(run.accepted),
    updatedAt: new Date(run.accepted),
    approvalDeadline: null,
    holdUntil: null,
    removalAt: null,
    needsApproval: false,
    approvedAt: undefined,
    retriedAt: null,
    maximumAttempts: undefined,
    steps: viewSteps(knowledge, attempts).map(({ id, state, startedAt, endedAt }) => ({
      id,
      state,
      startedAt: startedAt === undefined ? undefined : new Date(startedAt),
      endedAt: endedAt === undefined ? undefined : new Date(endedAt),
    })),
    attempts,
  };
}

interface Numbered {
  step: Step;
  activityId: string;
  attempt: number;
  began: number;
  ended: number | null;
  failed: boolean;
}

function numbered(attempts: RecordedRun['attempts']): Numbered[] {
  const counts = new Map<string, number>();
  return attempts.map(([step, activityId, began, ended, failed]) => {
    const attempt = (counts.get(activityId) ?? 0) + 1;
    counts.set(activityId, attempt);
    return { step, activityId, attempt, began, ended, failed: failed === 1 };
  });
}
