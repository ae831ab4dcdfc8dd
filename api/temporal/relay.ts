import type pg from 'pg';
import type { Logger } from 'pino';
import {
  findUntoldUnassigned,
  listUntoldBilling,
  markAssignmentTold,
  markBillingTold,
} from '../../registry/billing/stripe-events';
import { forgetClaimedSecrets } from '../../registry/credentials/claims';
import { forgetClaimedIdentities } from '../../registry/tenants/export-identity';
import { listUnstarted, markStarted } from '../../registry/operations/operations';
import { listUndeliveredDecisions } from '../../registry/operations/outstanding';
import { endPastHolds } from '../../registry/tenants/legal-hold-changes';
import { listUnwatchedTrials, markTrialWatched } from '../../registry/tenants/trials';
import { recoveryOf } from '../../templates/recovery';
import { causeOf } from '../http/log';
import type { Runs } from './runs';

/** Options of {@link startRelay}. */
export interface RelayOptions {
  pool: pg.Pool;
  runs: Runs;
  logger: Logger;
  /** Milliseconds between two rounds, jittered by a fifth so that several processes do not poll in lockstep. */
  intervalMs?: number;
  /** Seconds that the API itself has to reach Temporal before the relay takes over. */
  graceSeconds?: number;
}

/**
 * Delivers to Temporal the starts and decisions that were lost while Temporal or this process was down. Also does what is due in the registry
 * alone: forgets secrets that were handed out, and records the end of legal holds.
 */
export interface Relay {
  /**
   * Does one round, after the current one if there is one, and resolves with the number of starts and decisions delivered. Never rejects.
   */
  look(): Promise<number>;
  /** Stops the relay; resolves when the current round has ended. */
  stop(): Promise<void>;
}

const BATCH = 50;

/** After this many failures in a row, Temporal is assumed to be down, and the rest of the batch waits for the next round. */
const GIVE_UP_AFTER = 3;

/** Starts the relay. Several relays can run at once, because starting or signalling twice has no further effect. */
export function startRelay({ pool, runs, logger, intervalMs = 3_000, graceSeconds = 5 }: RelayOptions): Relay {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let current: Promise<number> = Promise.resolve(0);

  const round = async (): Promise<number> => {
    try {
      const told =
        (await startLost(pool, runs, logger, graceSeconds)) +
        (await signalLost(pool, runs, logger, graceSeconds)) +
        (await watchTrials(pool, runs, logger, graceSeconds)) +
        (await watchBilling(pool, runs, logger, graceSeconds));
      await assignBilling(pool, runs, graceSeconds);
      await forgetClaimedSecrets(pool);
      await forgetClaimedIdentities(pool);
      await endPastHolds(pool);
      return told;
    } catch (error) {
      logger.warn({ cause: causeOf(error) }, 'a round of the relay failed; the relay will try again');
      return 0;
    }
  };
  /** Two rounds at once would each start what the other has started and not yet marked. */
  const look = (): Promise<number> => {
    current = current.then(round);
    return current;
  };
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void look().then(next), intervalMs * (0.8 + Math.random() * 0.4));
  };
  next();
  return {
    look,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}

async function startLost(pool: pg.Pool, runs: Runs, logger: Logger, graceSeconds: number): Promise<number> {
  const lost = shuffled(await listUnstarted(pool, graceSeconds));
  return eachUntilDown(lost.slice(0, BATCH), logger, async ({ template, ...run }) => {
    const { operationId } = run;
    await runs.start({ ...run, retry: template.recovery.retry, recovery: recoveryOf(template) });
    await markStarted(pool, operationId);
    logger.info({ operationId }, 'started by the relay');
  });
}

async function signalLost(pool: pg.Pool, runs: Runs, logger: Logger, graceSeconds: number): Promise<number> {
  const lost = await listUndeliveredDecisions(pool, graceSeconds, BATCH);
  return eachUntilDown(lost, logger, async ({ operationId, decisionId }) => {
    const delivered = await runs.signalApproval(operationId, decisionId);
    if (!delivered) logger.warn({ operationId }, 'a decision waits, but Temporal has no open run of its operation');
  });
}

/** Starts the runs of trials, or wakes them: after a lost start, and after a change of which the run could not be told. */
async function watchTrials(pool: pg.Pool, runs: Runs, logger: Logger, graceSeconds: number): Promise<number> {
  const unwatched = await listUnwatchedTrials(pool, graceSeconds, BATCH);
  return eachUntilDown(unwatched, logger, async ({ tenantId, operationId, endsAt }) => {
    await runs.watchTrial({ tenantId, operationId });
    await markTrialWatched(pool, { tenantId, endsAt });
  });
}

/** Tells the runs that follow payments of what Stripe has reported while Temporal could not be reached. */
async function watchBilling(pool: pg.Pool, runs: Runs, logger: Logger, graceSeconds: number): Promise<number> {
  const untold = await listUntoldBilling(pool, graceSeconds, BATCH);
  return eachUntilDown(untold, logger, async ({ tenantId, operationId, until }) => {
    await runs.watchBilling({ tenantId, operationId });
    await markBillingTold(pool, { tenantId, until });
  });
}

/** Has the events assigned of which the run could not be told. */
async function assignBilling(pool: pg.Pool, runs: Runs, graceSeconds: number): Promise<void> {
  const until = await findUntoldUnassigned(pool, graceSeconds);
  if (until === undefined) return;
  await runs.assignBilling();
  await markAssignmentTold(pool, until);
}

async function eachUntilDown<T extends { operationId: string }>(
  items: T[],
  logger: Logger,
  tell: (item: T) => Promise<void>,
): Promise<number> {
  let told = 0;
  let failures = 0;
  for (const item of items) {
    try {
      await tell(item);
      told += 1;
      failures = 0;
    } catch (error) {
      failures += 1;
      logger.warn(
        { operationId: item.operationId, cause: causeOf(error) },
        'Temporal could not be reached; the relay will try again',
      );
      if (failures === GIVE_UP_AFTER) break;
    }
  }
  return told;
}

/** In random order, so that a few operations that can never be started do not block the others. */
function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
