import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Logger } from 'pino';
import { webhookStart } from '../contract/temporal/run-starts';
import { startRun, type RunStarter } from '../contract/temporal/start-run';
import { followEvents } from '../registry/events/follow';
import { readEvents } from '../registry/events/readers';
import { listDueDeliveries, markStarted } from '../registry/webhooks/due';
import { fanOut, WEBHOOK_READER } from '../registry/webhooks/fan-out';

const EVENTS_AT_ONCE = 100;

/** Deliveries started before the log is read again. */
const STARTS_AT_ONCE = 50;

/**
 * Longest time in milliseconds without a look at the registry, while its notifications arrive. Everything that makes a delivery due sends one:
 * new events, the end of a delivery, a repetition. Without one, only deliveries that have lost their run become due.
 */
const REST_MS = 10_000;

/** Milliseconds from a failure to the next attempt. */
const FAILED_MS = 1_000;

/** Milliseconds within which Temporal must take a start, so that an outage does not hold up the end of the worker. */
const START_MS = 5_000;

/** What the dispatch of webhooks takes. */
export interface WebhookDispatch {
  pool: pg.Pool;
  client: RunStarter & Pick<Client, 'withDeadline'>;
  /** Base URL of the API, for links. */
  publicUrl: string;
  logger: Logger;
  stop: AbortSignal;
}

/**
 * Makes messages of new events and starts their deliveries, until `stop` is aborted. Several workers may do so at once: each event is read
 * by one of them, and a second start of a run has no effect. What fails is tried again a second later.
 */
export async function dispatchWebhooks(dispatch: WebhookDispatch): Promise<void> {
  const { pool, publicUrl, logger, stop } = dispatch;
  /** False if it has failed. */
  const all = async (what: string, work: () => Promise<number>, most: number): Promise<boolean> => {
    try {
      while (!stop.aborted && (await work()) === most);
      return true;
    } catch (error) {
      logger.warn({ what, reason: (error as Error).message }, 'webhooks wait; another attempt follows');
      return false;
    }
  };
  for await (const _ of followEvents(pool, stop, REST_MS)) {
    for (let done = false; !done && !stop.aborted;) {
      const read = await all('messages of events', () => readBatch(pool, publicUrl), EVENTS_AT_ONCE);
      const started = await all('starts of deliveries', () => startDue(dispatch), STARTS_AT_ONCE);
      done = read && started;
      if (!done) await sleep(FAILED_MS, undefined, { signal: stop }).catch(() => {});
    }
  }
}

function readBatch(pool: pg.Pool, publicUrl: string): Promise<number> {
  return readEvents(pool, WEBHOOK_READER, EVENTS_AT_ONCE, (events, client) => fanOut(client, events, publicUrl));
}

async function startDue({ pool, client }: WebhookDispatch): Promise<number> {
  const due = await listDueDeliveries(pool, STARTS_AT_ONCE);
  for (const delivery of due) {
    await client.withDeadline(Date.now() + START_MS, () => startRun(client, webhookStart(delivery)));
    await markStarted(pool, delivery);
  }
  return due.length;
}
