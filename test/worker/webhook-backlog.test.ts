import { pino } from 'pino';
import type pg from 'pg';
import { createWebhookActivities } from '../../activities/webhooks/attempt';
import { HOLDING_ATTEMPTS, MESSAGES_AT_ONCE, type WebhookDelivery } from '../../contract/webhooks/webhooks';
import type { WebhookAnswer } from '../../providers/webhooks/sender';
import { createRegistryPool } from '../../registry/database';
import { listDueDeliveries } from '../../registry/webhooks/due';
import { dispatchWebhooks } from '../../worker/webhooks';
import { commitEvents, testEvent } from '../helpers/events/events';
import { mailDependencies } from '../helpers/events/mailing';
import { rowsRead, watchAnswers } from '../helpers/registry-watch';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';
import { makeEndpoint } from '../helpers/webhooks/endpoints';
import { eventually } from '../stack/eventually';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('a backlog of webhooks: not run, this machine has no PostgreSQL');

const HANGS: WebhookAnswer = { milliseconds: 15_000, problem: 'There was no answer in time.' };
const TAKES: WebhookAnswer = { milliseconds: 5, status: 204 };

/** How many of the messages are awaited after the receiver has recovered. */
const DRAINED = 2_000;

/** Most rows that any statement may bring into memory, however long the backlog is. */
const MOST_ROWS = 200;

interface Arrival {
  id: string;
  tenantId: string;
  number: number;
}

suite('a backlog of webhooks', () => {
  let registry: TestRegistry;
  let pool: pg.Pool;
  let endpointId: string;
  let answer: WebhookAnswer;
  let arrivals: Arrival[];
  let largestAnswer: number;
  /** Runs that wait for their next attempt, and all that were ever started. */
  let waiting: { delivery: WebhookDelivery; seconds: number }[];
  let started: Set<string>;
  let underWay: Set<Promise<void>>;
  let stopping: AbortController;
  let dispatching: Promise<void>;

  beforeEach(async () => {
    registry = await createTestRegistry();
    endpointId = await makeEndpoint(registry);
    pool = createRegistryPool(registry.url, 10, 'backlog');
    largestAnswer = 0;
    watchAnswers(pool, (rows) => void (largestAnswer = Math.max(largestAnswer, rows)));
    [arrivals, waiting, started, underWay, answer] = [[], [], new Set(), new Set(), HANGS];
    begin();
  }, 60_000);
  afterEach(async () => {
    await end();
    await pool.end();
    await registry.drop();
  });

  /** Attempts as the workflow makes them; its pauses end in {@link hoursPass}. */
  const run = async (delivery: WebhookDelivery): Promise<void> => {
    const activities = createWebhookActivities({
      ...mailDependencies({ ...registry, pool }),
      webhookSender: {
        send: async ({ id, payload }) => {
          const { data } = JSON.parse(payload) as { data: { tenantId: string; answers: number } };
          if (answer.status !== undefined) arrivals.push({ id, tenantId: data.tenantId, number: data.answers });
          return answer;
        },
      },
    });
    const result = await activities.attemptWebhook(delivery);
    if (!result.ended) waiting.push({ delivery, seconds: result.waitSeconds });
  };
  const begin = (): void => {
    stopping = new AbortController();
    dispatching = dispatchWebhooks({
      pool,
      client: {
        withDeadline: (_deadline, work) => work(),
        workflow: {
          start: async (_type, { workflowId, args }) => {
            if (started.has(workflowId)) return;
            started.add(workflowId);
            const running = run(args![0] as WebhookDelivery);
            underWay.add(running);
            void running.finally(() => underWay.delete(running));
          },
        },
      },
      publicUrl: 'https://api.example.com',
      logger: pino({ level: 'silent' }),
      stop: stopping.signal,
    });
  };
  const end = async (): Promise<void> => {
    stopping.abort();
    await dispatching;
    await Promise.all(underWay);
  };
  /** Lets every waiting run make its next attempt, and the clock pass until then. Returns the seconds. */
  const hoursPass = async (): Promise<number> => {
    const due = waiting.splice(0);
    const seconds = Math.max(...due.map((each) => each.seconds));
    const earlier = (column: string): string => `${column} = ${column} - make_interval(secs => ${seconds})`;
    await registry.asOwner(
      `update webhook_delivery set ${earlier('tried_since')}, ${earlier('next_try_at')} where state = 'trying';
       update webhook_endpoint set ${earlier('failing_since')}, ${earlier('warned_at')}`,
    );
    await Promise.all(due.map(({ delivery }) => run(delivery)));
    return seconds;
  };
  const count = async (state: string): Promise<number> => {
    const { rows } = await registry.pool.query<{ count: number }>(
      `select count(*)::int as count from webhook_delivery where endpoint_id = $1 and state = $2`,
      [endpointId, state],
    );
    return rows[0]!.count;
  };
  const numbersOf = (tenantId: string): number[] =>
    arrivals.flatMap((each) => (each.tenantId === tenantId ? [each.number] : []));

  test('of 10,000 events waits without load, and drains in order for each tenant once its receiver answers', async () => {
    const [events, tenants] = [10_000, 200];
    const tenantOf = (number: number): string => `t${String(number % tenants).padStart(15, '0')}`;
    for (let from = 0; from < events; from += 500)
      await commitEvents(
        registry.pool,
        ...Array.from({ length: 500 }, (_, n) => testEvent(from + n, { tenantId: tenantOf(from + n) })),
      );
    await eventually(async () => (await count('waiting')) === events - MESSAGES_AT_ONCE, 120_000);
    await eventually(() => waiting.length === MESSAGES_AT_ONCE);

    // As long as a message holds back those of its tenant, there are no more runs than at first.
    for (let attempt = 2; attempt < HOLDING_ATTEMPTS; attempt++) await hoursPass();
    await end();
    begin();
    await eventually(() => waiting.length === MESSAGES_AT_ONCE);
    expect(started.size).toBe(MESSAGES_AT_ONCE);
    expect(await rowsRead((db) => listDueDeliveries(db, 50), registry.pool)).toBeLessThan(events / 10);

    answer = TAKES;
    await hoursPass();
    await eventually(async () => (await count('delivered')) >= DRAINED, 200_000);
    await end();
    expect(arrivals).toHaveLength(await count('delivered'));
    expect(new Set(arrivals.map(({ id }) => id)).size).toBe(arrivals.length);
    for (let tenant = 0; tenant < tenants; tenant++) {
      const arrived = numbersOf(tenantOf(tenant));
      expect(arrived).toEqual(arrived.map((_, n) => tenant + n * tenants));
    }
    expect(largestAnswer).toBeGreaterThan(0);
    expect(largestAnswer).toBeLessThanOrEqual(MOST_ROWS);
  }, 400_000);

  test('of a receiver that hangs for six hours grows slowly, is not given up, and arrives completely afterwards', async () => {
    const [tenants, each] = [10, 10];
    const tenantOf = (number: number): string => `t${String(number % tenants).padStart(15, '0')}`;
    await commitEvents(
      registry.pool,
      ...Array.from({ length: tenants * each }, (_, n) => testEvent(n, { tenantId: tenantOf(n) })),
    );
    await eventually(() => waiting.length === tenants);
    for (let passed = 0; passed < 6 * 3600;) {
      passed += await hoursPass();
      // Three at a time, and about half an hour for each until it lets others pass.
      expect(started.size).toBeLessThan(tenants * each);
    }
    expect(arrivals).toEqual([]);
    expect((await count('trying')) + (await count('waiting'))).toBe(tenants * each);

    answer = TAKES;
    while (waiting.length > 0) await hoursPass();
    await eventually(async () => (await count('delivered')) === tenants * each, 60_000);
    expect(new Set(arrivals.map(({ id }) => id)).size).toBe(tenants * each);
    expect(arrivals).toHaveLength(tenants * each);
  }, 180_000);
});
