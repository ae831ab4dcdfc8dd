import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../../contract/schemas/operation-schema';
import { STATE_TABLE } from '../../contract/states';
import type { ApiClient } from './api-client';
import type { DemoOrder } from './demo-orders';

/** An order of the demonstration and where it stands. */
export interface DemoRow {
  demo: DemoOrder;
  operation: Operation;
}

/** How the demonstration tells what happens. */
export interface DemoListener {
  /** Called after every look, whether or not something has changed. */
  onLook(rows: readonly DemoRow[]): void;
  /** Called once for an operation that waits for an approver, before it is approved. */
  onApprovalWanted(row: DemoRow): void;
}

const LOOK_EVERY_MS = 300;

/**
 * Orders the first one alone, so that its seconds are those of one tenant, and then the others at once, over HTTP; follows each until every operation has ended or needs an operator, and approves what waits for an
 * approver, as the approver. Throws when the API refuses an order, or after `timeoutMs`, naming what had not ended.
 */
export async function runDemo(
  api: ApiClient,
  orders: readonly DemoOrder[],
  { listener, signal, timeoutMs = 180_000 }: { listener: DemoListener; signal: AbortSignal; timeoutMs?: number },
): Promise<DemoRow[]> {
  const ids: { demo: DemoOrder; operationId: string }[] = [];
  const place = async (due: readonly DemoOrder[]): Promise<void> => {
    for (const demo of due) ids.push({ demo, operationId: (await api.order(demo.order)).operationId });
  };
  await place(orders.slice(0, 1));
  const approved = new Set<string>();
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const newest = new Map((await api.newestOperations(50)).map((operation) => [operation.operationId, operation]));
    const rows = await Promise.all(
      ids.map(async ({ demo, operationId }) => ({
        demo,
        operation: newest.get(operationId) ?? (await api.operation(operationId)),
      })),
    );
    listener.onLook(rows);
    for (const row of rows.filter(({ operation }) => operation.status === 'awaiting_approval')) {
      const { operationId } = row.operation;
      if (approved.has(operationId)) continue;
      approved.add(operationId);
      listener.onApprovalWanted(row);
      await api.approve(operationId, 'Agreed with sales.');
    }
    const open = rows.filter(({ operation }) => !isOver(operation));
    if (open.length === 0 && ids.length === orders.length) return rows;
    if (open.length === 0) await place(orders.slice(1));
    if (Date.now() > deadline)
      throw new Error(
        `Not over after ${timeoutMs / 1000} s: ${open.map(({ operation }) => `${operation.tenantName} (${operation.status})`).join(', ')}. The Temporal Web UI shows what they wait for.`,
      );
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Whether nothing more happens by itself. */
function isOver({ status }: Operation): boolean {
  return STATE_TABLE[status].end || status === 'needs_operator';
}
