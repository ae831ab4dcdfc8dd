import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../../contract/schemas/operation-schema';
import { hasEnded } from '../../contract/operations/states';
import type { ApiClient } from './api-client';
import type { DemoOrder } from './demo-orders';

/** An order of the demonstration and the current state of its operation. */
export interface DemoRow {
  demo: DemoOrder;
  operation: Operation;
}

/** Receives the progress of the demonstration. */
export interface DemoListener {
  /** Called after every poll, whether or not anything has changed. */
  onLook(rows: readonly DemoRow[]): void;
  /** Called once for each operation that waits for an approver, before it is approved. */
  onApprovalWanted(row: DemoRow): void;
}

const POLL_EVERY_MS = 300;

/**
 * Places the orders over HTTP: the first one alone, so that its duration is that of a single tenant, then all others at once. Polls until
 * every operation has ended or needs an operator, and approves those that wait for an approver. Throws if the API refuses an order, or
 * after `timeoutMs`, with the operations that have not ended.
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
    const open = rows.filter(({ operation }) => !isSettled(operation));
    if (open.length === 0 && ids.length === orders.length) return rows;
    if (open.length === 0) await place(orders.slice(1));
    if (Date.now() > deadline)
      throw new Error(
        `Operations still open after ${timeoutMs / 1000} s: ${open.map(({ operation }) => `${operation.tenantName} (${operation.status})`).join(', ')}. The Temporal Web UI shows what they are waiting for.`,
      );
    await sleep(POLL_EVERY_MS, undefined, { signal });
  }
}

/** Whether the operation does not change any more on its own. */
function isSettled({ status }: Operation): boolean {
  return hasEnded(status) || status === 'needs_operator';
}
