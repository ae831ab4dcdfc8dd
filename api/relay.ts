import type pg from 'pg';
import type { Logger } from 'pino';
import { forgetClaimedSecrets } from '../registry/claims';
import { listUnstarted, markStarted } from '../registry/operations';
import { listUndeliveredDecisions } from '../registry/undelivered';
import { recoveryOf } from '../templates/recovery';
import { causeOf } from './log';
import type { Runs } from './runs';

/** What the relay works with. */
export interface RelayOptions {
  pool: pg.Pool;
  runs: Runs;
  logger: Logger;
  /** Milliseconds between two looks, give or take a fifth: several processes shall not look in step. */
  intervalMs?: number;
  /** How long the API itself has to tell Temporal before the relay does. */
  graceSeconds?: number;
}

/** Tells Temporal what it was not told while it, or this process, was down. */
export interface Relay {
  /** Looks once; resolves with how much was told. Never rejects. */
  look(): Promise<number>;
  /** Stops looking; resolves when the look under way is over. */
  stop(): Promise<void>;
}

const BATCH = 50;

/** After this many failures in a row the rest of a batch waits for the next look: Temporal is down, not one operation broken. */
const GIVE_UP_AFTER = 3;

/** Begins to look every few seconds. Several relays at once do no harm: starting and signalling twice is the same as once. */
export function startRelay({ pool, runs, logger, intervalMs = 3_000, graceSeconds = 5 }: RelayOptions): Relay {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let current: Promise<number> = Promise.resolve(0);

  const look = async (): Promise<number> => {
    try {
      const told =
        (await startLost(pool, runs, logger, graceSeconds)) + (await signalLost(pool, runs, logger, graceSeconds));
      await forgetClaimedSecrets(pool);
      return told;
    } catch (error) {
      logger.warn({ cause: causeOf(error) }, 'the relay could not look; it will again');
      return 0;
    }
  };
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(
      () => {
        current = look();
        void current.then(next);
      },
      intervalMs * (0.8 + Math.random() * 0.4),
    );
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
  return eachUntilDown(lost.slice(0, BATCH), logger, async ({ operationId, tenantId, plan, residency, template }) => {
    const recovery = recoveryOf(template);
    await runs.start({ operationId, tenantId, plan, residency, retry: template.recovery.retry, recovery });
    await markStarted(pool, operationId);
    logger.info({ operationId }, 'started by the relay');
  });
}

async function signalLost(pool: pg.Pool, runs: Runs, logger: Logger, graceSeconds: number): Promise<number> {
  const lost = await listUndeliveredDecisions(pool, graceSeconds, BATCH);
  return eachUntilDown(lost, logger, async ({ operationId, decisionId }) => {
    const delivered = await runs.signalApproval(operationId, decisionId);
    if (!delivered) logger.warn({ operationId }, 'a decision waits for a run that Temporal does not have');
  });
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
        'Temporal could not be told; the relay will try again',
      );
      if (failures === GIVE_UP_AFTER) break;
    }
  }
  return told;
}

/** In any order, so that a few operations that can never be started do not keep the others from it. */
function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
