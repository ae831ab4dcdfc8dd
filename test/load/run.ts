import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../stack/errors';
import { REGIONS } from '../../stack/types';
import { plan, startTestProduct } from '../helpers/product';
import { stackEndpoints } from '../stack';
import { failAtRandom } from './faults/faults';
import { judge } from './report/judge';
import { lostTasks } from './outcomes/lost';
import { openLines } from './faults/lines';
import { compareWithListings } from './outcomes/listing';
import { mixedOrders } from './orders/orders';
import { outcomesOf, tracesOf, type Outcome } from './outcomes/outcome';
import { startReader } from './watch/reads';
import { replayRuns } from './outcomes/replays';
import { circumstances, type Report } from './report/report';
import { sendOrders } from './orders/send';
import { countBy, percentile, tenths } from './report/statistics';
import { startWatch, type Sample } from './watch/watch';

/** Share of the calls to providers that fail. */
const FAULTS = 0.05;

/** Share of `within` over which the orders are spread; the rest is for the last answers. */
const SPREAD = 0.9;

/** Share of its orders for which the scarce region has room. */
const PLACES = 0.6;

/** Seconds of reading from the idle product. */
const IDLE_SECONDS = 15;

/** Seconds without a finished run after which the remaining ones count as stuck; longer than the longest back-off. */
const PATIENCE = 180;

/** Maximum number of replayed runs, chosen evenly from all. */
const REPLAYED = 50;

/** Options of a run. */
export interface LoadOptions {
  orders: number;
  /** Seconds for all orders to be accepted. */
  within: number;
  seed: number;
  /** Overrides for the environment of the product's processes. */
  overrides: Record<string, string>;
  command: string;
  say: (text: string) => void;
  /** Registers a clean-up action; the last one registered runs first. */
  inTheEnd: (stop: () => void | Promise<void>) => void;
}

/** Starts a product on the test stack, loads it and checks all results. */
export async function runLoad({
  orders,
  within,
  seed,
  overrides,
  command,
  say,
  inTheEnd,
}: LoadOptions): Promise<Report> {
  const endpoints = stackEndpoints('s3', 'keycloak', 'stripe', 'kubernetes');
  const lines = await openLines(endpoints);
  inTheEnd(lines.close);
  const product = await startTestProduct({ via: lines.via, overrides: { LOG_LEVEL: 'info', ...overrides } });
  inTheEnd(product.stop);
  const reader = startReader({ url: product.url, token: product.tokens.operator });
  inTheEnd(reader.close);
  say('the product runs; one tenant of each plan first, then reads while it is idle');
  for (const name of ['starter', 'professional'] as const)
    await product.untilEnded((await product.order(plan(name))).operationId);
  reader.begin();
  await sleep(IDLE_SECONDS * 1000);
  const idle = await reader.end();

  const scarce = { region: REGIONS[1], places: Math.floor((orders / REGIONS.length) * PLACES) };
  await product.registry.query(`update cell set capacity = $2 where region = $1 and kind = 'storage'`, [
    scarce.region,
    scarce.places,
  ]);
  const faults = failAtRandom(lines.lines, { seed, share: FAULTS });
  say(`${orders} orders within ${within} s; ${FAULTS * 100} % of the providers' calls fail`);
  const watch = startWatch(product);
  reader.begin();
  const begun = performance.now();
  const wanted = mixedOrders({ count: orders, seed, hasCluster: endpoints.kubernetes !== undefined });
  const sent = await sendOrders(product, wanted, within * SPREAD);
  say(`${sent.operationIds.length} accepted in ${tenths(sent.seconds)} s; waiting for all to be over`);
  const before = 2;
  const allOver = await watch.untilOver(before + sent.operationIds.length, PATIENCE, say);
  const overSeconds = (performance.now() - begun) / 1000;
  const [load] = await Promise.all([reader.end(), watch.end()]);
  const providers = faults.calls();
  faults.end();

  say(`${allOver ? 'over' : 'NOT over, given up'} after ${tenths(overSeconds)} s; looking at what is there`);
  const outcomes = (await outcomesOf(product)).slice(before);
  const gone = outcomes.filter(({ status }) => status === 'failed').map(({ tenantId }) => tenantId);
  const traces = await tracesOf(product, gone).catch(notLooked);
  const comparison = await compareWithListings(product).catch((error: unknown) => ({
    kinds: 0,
    present: 0,
    differences: notLooked(error),
  }));
  const sample = evenly(outcomes, REPLAYED).map(({ operationId }) => operationId);
  const replayed = { count: sample.length, failed: await replayRuns(product, sample).catch(notLooked) };
  const lost = await lostTasks(
    product,
    outcomes.map(({ operationId }) => operationId),
  ).catch((error: unknown) => ({ activities: notLooked(error), workflowTasks: [] }));
  const { samples } = watch;
  const seen = {
    ordered: orders,
    within,
    sent,
    outcomes,
    samples,
    idle,
    load,
    traces,
    comparison,
    scarce,
    replayed,
    lost,
  };
  return {
    ...circumstances(),
    command,
    orders,
    seed,
    accepted: { orders: sent.operationIds.length, seconds: tenths(sent.seconds) },
    overSeconds: allOver ? tenths(overSeconds) : null,
    outcomes: countBy(outcomes, outcomeText),
    active: activeByPlan(outcomes),
    reads: {
      idleP99Ms: tenths(percentile(idle.milliseconds, 0.99)),
      loadP50Ms: tenths(percentile(load.milliseconds, 0.5)),
      loadP99Ms: tenths(percentile(load.milliseconds, 0.99)),
      count: load.milliseconds.length,
    },
    memoryMiB: { api: memoryOf(samples, 'api'), worker: memoryOf(samples, 'worker') },
    providers,
    checks: judge(seen),
  };
}

/** An observation that fails counts as a failed check, so that the other results of the run are not lost. */
function notLooked(error: unknown): string[] {
  return [`could not be looked at: ${messageOf(error)}`];
}

function outcomeText({ status, failure, failedStep }: Outcome): string {
  return failure === null ? status : `${status}: ${failure} in ${failedStep}`;
}

function activeByPlan(outcomes: readonly Outcome[]): Report['active'] {
  const active = outcomes.filter(({ status }) => status === 'active');
  return Object.fromEntries(
    Object.entries(countBy(active, (outcome) => outcome.plan)).map(([name, count]) => {
      const seconds = active.filter((outcome) => outcome.plan === name).map((outcome) => outcome.seconds!);
      return [name, { p50: tenths(percentile(seconds, 0.5)), p95: tenths(percentile(seconds, 0.95)), count }];
    }),
  );
}

function memoryOf(samples: readonly Sample[], name: keyof Sample['memory']): Report['memoryMiB']['api'] {
  const all = samples.map(({ memory }) => Math.round(memory[name]));
  return { begin: all[0]!, peak: Math.max(...all), end: all.at(-1)! };
}

/** At most this many items, spread evenly from the first to the last. */
function evenly<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, index) => items[Math.floor(index * step)]!);
}
