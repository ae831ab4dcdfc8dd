import { LRUCache } from 'lru-cache';
import type { DurationEstimate } from '../../contract/estimates/estimate';
import { forecastOf, queuesToAsk, type Past } from '../../contract/estimates/forecast';
import type { PastRun } from '../../contract/estimates/past-run';
import { estimateWhole, FEWEST_SAMPLES } from '../../contract/estimates/remaining';
import type { OperationKind } from '../../contract/operations/kinds';
import type { Plan } from '../../contract/orders/order';
import type { Operation } from '../../contract/schemas/operation-schema';
import type { Queryable } from '../../registry/database';
import { readPastRuns, type PastFilter } from '../../registry/views/durations';
import type { ReadOperation } from '../../registry/views/operations';
import type { LastPolled } from '../temporal/pollers';
import { factsOf, withForecast } from './facts';

/** Milliseconds for which the durations of earlier operations are kept in memory. */
const FRESH_MS = 30_000;

/** How long operations take. */
export interface Estimates {
  /** How long an operation that begins now takes, without waiting for people; undefined if there are too few earlier ones. */
  ofNewOperation(kind: OperationKind, plan: Plan, region: string | null): Promise<DurationEstimate | undefined>;
  /** How long the steps of recent operations took; of all regions without one. Kept in memory for half a minute. */
  recentRuns(kind: OperationKind, plan: Plan, region: string | null): Promise<readonly PastRun[]>;
  /** The operation with what can be said of its end, and of each step in progress. */
  addTo(read: ReadOperation): Promise<Operation>;
}

/** What estimates rest on. */
export interface EstimateSources {
  pool: Queryable;
  lastPolled: LastPolled;
  /** Seconds for which the undo of a step is tried. */
  compensationSeconds?: number;
}

/** {@link Estimates} from the registry, which is asked once per half minute, kind, plan and region, however many operations are read. */
export function createEstimates({ pool, lastPolled, compensationSeconds }: EstimateSources): Estimates {
  const known = new LRUCache<string, { runs: Past['runs'] }, PastFilter>({
    max: 500,
    ttl: FRESH_MS,
    fetchMethod: async (_key, _stale, { context }) => ({ runs: await readPastRuns(pool, context) }),
  });
  const runsOf = async (context: PastFilter): Promise<Past['runs']> => {
    const { kind, plan, region } = context;
    return (await known.fetch([kind, plan, region].join(' '), { context }))?.runs ?? [];
  };
  const past = async (filter: PastFilter): Promise<Past> => {
    if (filter.region === null) return { runs: await runsOf(filter), regions: 'all' };
    const own = await runsOf(filter);
    if (own.length >= FEWEST_SAMPLES) return { runs: own, regions: 'own' };
    return { runs: await runsOf({ ...filter, region: null }), regions: 'all' };
  };
  return {
    ofNewOperation: async (kind, plan, region) => estimateWhole(kind, (await past({ kind, plan, region })).runs),
    recentRuns: (kind, plan, region) => runsOf({ kind, plan, region }),
    addTo: async (read) => {
      const facts = factsOf(read);
      const { kind, plan, region } = read.row;
      const asked = queuesToAsk(facts, new Date());
      const [runs, polled] = await Promise.all([
        past({ kind, plan, region }),
        Promise.all(asked.map(async (queue) => [queue, await lastPolled(queue)] as const)),
      ]);
      return withForecast(
        read,
        forecastOf(facts, runs, { now: new Date(), polled: new Map(polled), compensationSeconds }),
      );
    },
  };
}
