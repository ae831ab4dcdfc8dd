import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { isSilent } from '../../contract/estimates/pace';
import { regionTaskQueue, TASK_QUEUE, WEBHOOK_TASK_QUEUE } from '../../contract/temporal/task-queues';
import { listRegionProfiles } from '../../registry/capacity/region-profiles';
import { readGauges } from '../../registry/metrics/gauges';
import { countEvents } from '../../registry/metrics/observe';
import { FIGURES_SECONDS, publishGauges, takeTurn, type GaugeValue } from '../../registry/metrics/snapshot';
import { causeOf } from '../http/log';
import type { LastPolled } from '../temporal/pollers';

/** What the computation of the figures takes. */
export interface PublisherOptions {
  pool: pg.Pool;
  lastPolled: LastPolled;
  logger: Logger;
}

/** Counts new events and publishes the gauges, once. */
export async function publishFigures({ pool, lastPolled }: Omit<PublisherOptions, 'logger'>): Promise<void> {
  await countEvents(pool);
  await publishGauges(pool, [...(await readGauges(pool)), ...(await readPolled(pool, lastPolled))]);
}

/**
 * Publishes the figures for Prometheus whenever it is this process’s turn: of all API processes, one works every 15 s, and a scrape only
 * reads what was published.
 */
export function startPublisher({ pool, lastPolled, logger }: PublisherOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const turn = async (): Promise<number> => {
    try {
      const { mine, waitMs } = await takeTurn(pool);
      if (mine) await publishFigures({ pool, lastPolled });
      return waitMs;
    } catch (error) {
      logger.warn({ cause: causeOf(error) }, 'figures for metrics were not computed; the next attempt follows');
      return FIGURES_SECONDS * 1000;
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const waitMs = await turn();
      // Jittered, so that replicas do not all ask for the same turn.
      await sleep(waitMs + Math.random() * 500, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const ended = run();
  return {
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

async function readPolled(pool: pg.Pool, lastPolled: LastPolled): Promise<GaugeValue[]> {
  const regions = await listRegionProfiles(pool);
  const queues = [TASK_QUEUE, WEBHOOK_TASK_QUEUE, ...regions.map(({ region }) => regionTaskQueue(region))];
  const polled = await Promise.all(queues.map(async (queue) => ({ queue, last: await lastPolled(queue) })));
  const now = new Date();
  return polled.flatMap(({ queue, last }) => {
    if (last === 'unknown') return [];
    return [
      { metric: 'provisioner_task_queue_polled', labels: { task_queue: queue }, value: isSilent(last, now) ? 0 : 1 },
    ];
  });
}
