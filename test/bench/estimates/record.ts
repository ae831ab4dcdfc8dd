import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { NEEDED, explainFailure } from '../../../stack/everything';
import { writeJson } from '../../../stack/processes/state';
import { startStack } from '../../../stack/stack';
import { END_STATUSES } from '../../../contract/operations/states';
import { plan, startTestProduct, type TestProduct } from '../../helpers/product';
import { openLines } from '../../load/faults/lines';
import { mixedOrders } from '../../load/orders/orders';
import { circumstances } from '../../load/report/report';
import { stackEndpoints } from '../../stack';
import type { RecordedRun, Recording } from './recording';
import { slowAtRandom } from './slow';

/** Runs at the same time. */
const SIDE_BY_SIDE = 5;

/** Milliseconds for the first run, which finds everything cold. */
const PATIENCE_MS = 300_000;

/** Starts servers and the product, provisions tenants with providers that are slowed at random, and reads how long everything took. */
export async function record(count: number, seed: number, say: (text: string) => void): Promise<Recording> {
  mkdirSync(path.resolve('.local'), { recursive: true });
  const dir = mkdtempSync(path.resolve('.local/estimates-'));
  const stops: (() => void | Promise<void>)[] = [() => rmSync(dir, { recursive: true, force: true })];
  try {
    const stack = await startStack({ dir, servers: [...NEEDED], onEvent: () => {} });
    stops.push(() => stack.stop());
    await stack.settled();
    if (stack.unavailable.length > 0) throw new Error(explainFailure(stack, undefined));
    process.env.STACK_ENDPOINTS = path.join(dir, 'endpoints.json');
    writeJson(process.env.STACK_ENDPOINTS, stack.endpoints);
    const lines = await openLines(stackEndpoints('s3', 'keycloak', 'stripe'));
    stops.push(() => lines.close());
    const product = await startTestProduct({ via: lines.via, overrides: { LOG_LEVEL: 'info' } });
    stops.push(() => product.stop());
    const first = await product.order(plan('professional'));
    await product.untilEnded(first.operationId, PATIENCE_MS);
    await recordedRuns(product, [first.operationId]);
    say(`the product runs; ${count} orders, ${SIDE_BY_SIDE} at a time; an interrupt ends with those that have begun`);
    let interrupted = false;
    process.once('SIGINT', () => (interrupted = true));
    slowAtRandom(lines.lines, seed);
    const limit = pLimit(SIDE_BY_SIDE);
    const ids: string[] = [];
    const carryOut = async (order: TenantProvisioningRequest): Promise<void> => {
      if (interrupted) return;
      const { operationId } = await product.order(order);
      await untilEnded(product, operationId);
      ids.push(operationId);
      if (ids.length % 20 === 0) say(`${ids.length} ended`);
    };
    const orders = mixedOrders({ count, seed, hasCluster: false });
    await Promise.all(orders.map((order) => limit(() => carryOut(order))));
    return { ...circumstances(), seed, sideBySide: SIDE_BY_SIDE, runs: await recordedRuns(product, ids) };
  } finally {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  }
}

/** Asks the registry itself, because the API's answers would cost more than the runs. */
async function untilEnded({ registry }: TestProduct, operationId: string): Promise<void> {
  for (;;) {
    const { rowCount } = await registry.query(
      'select from operation where operation_id = $1 and (status = any($2) or status = $3)',
      [operationId, END_STATUSES, 'needs_operator'],
    );
    if (rowCount === 1) return;
    await sleep(250);
  }
}

async function recordedRuns({ registry }: TestProduct, ids: readonly string[]): Promise<RecordedRun[]> {
  const { rows } = await registry.query<RecordedRun>(
    `with chosen as (
       select *, min(created_at) over () as zero from operation where operation_id = any($1)
     )
     select plan, region, status, ${milliseconds('created_at')} as accepted,
       ${milliseconds('coalesce(completed_at, updated_at)')} as ended,
       (select jsonb_agg(jsonb_build_array(step, activity_id, ${milliseconds('step_event.started_at')}, ${milliseconds('step_event.ended_at')},
          case when error_type is null then 0 else 1 end) order by step_event.started_at, attempt)
        from step_event where step_event.operation_id = chosen.operation_id and direction = 'forward') as attempts
     from chosen order by created_at`,
    [ids],
  );
  return rows;
}

const milliseconds = (time: string): string => `round(extract(epoch from ${time} - zero) * 1000)::int`;
