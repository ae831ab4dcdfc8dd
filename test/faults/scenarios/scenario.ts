import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import type { Operation } from '../../../contract/schemas/operation-schema';
import type { Rule } from '../../helpers/providers/fault-proxy';
import { plan, type Ordered } from '../../helpers/product';
import { guarded } from '../guard';
import type { FaultRun, Journal } from '../journal';
import { aim } from '../plan/aim';
import type { Plan } from '../plan/calls/call';
import { lateCall } from '../plan/calls/calls';
import type { Dice, Planned } from '../plan/schedule';
import type { System } from '../system';

/** Environment of a scenario. */
export interface World {
  system: System;
  journal: Journal;
  dice: Dice;
  say(text: string): void;
}

/** One fault or attack on the product. Whether the product handled it correctly is judged later, by the checker. */
export interface Scenario extends Planned {
  name: string;
  /** Scenarios that disturb only their own tenant run beside others; the rest runs alone. */
  alone: boolean;
  /** How many like it run at a time, if not as many as provisionings. */
  atOnce?: number;
  run(world: World): Promise<void>;
}

/** An order that waits for an approver, so that faults can be prepared before anything of the tenant is made. */
const RESTRICTED: Record<Plan, Partial<TenantProvisioningRequest>> = {
  starter: { customizations: { storageQuotaGb: 10 } },
  professional: { ...plan('professional'), customizations: { storageQuotaGb: 100 } },
};

/** Milliseconds that a run may take, including faults, back-off and a lost worker. */
export const OUTCOME_MS = 240_000;

/** Orders a tenant and returns once it waits for an approver. */
export async function orderWaiting(
  { system: { product }, journal }: World,
  scenario: string,
  name: Plan = 'starter',
  more: Partial<FaultRun> = {},
): Promise<FaultRun> {
  const ordered = await product.order(RESTRICTED[name]);
  const run: FaultRun = { scenario, ...ordered, ...more };
  journal.runs.push(run);
  await product.until(run.operationId, ({ status }) => status === 'awaiting_approval', OUTCOME_MS);
  return run;
}

/** Approves a waiting tenant. Retried while the API or its registry is down. */
export async function approve({ system: { product } }: World, { operationId }: Ordered): Promise<void> {
  const path = `/v1/operations/${operationId}/approval`;
  await persistently(async () => {
    const { status } = await product.call('approver', 'POST', path, { decision: 'approve' });
    if (status !== 202) throw new Error(`The approval was answered ${status}.`);
  });
}

/** Makes an operation fail in its last step before the pivot, after everything has been done, so that everything is undone. */
export function failLate({ system: { lines } }: World, run: FaultRun): Rule {
  return aim(lines, run, lateCall(run.kind ?? 'provision'), { does: 403 });
}

/** The outcomes of the operations; those without one in time are reported, and left to the checker. */
export async function outcomes(world: World, runs: readonly FaultRun[]): Promise<(Operation | undefined)[]> {
  const { product } = world.system;
  return Promise.all(
    runs.map(({ operationId, scenario }) =>
      persistently(() => product.untilEnded(operationId, OUTCOME_MS), OUTCOME_MS).catch((error: Error) => {
        world.say(`${scenario}: ${error.message}`);
        return undefined;
      }),
    ),
  );
}

/** {@link outcomes} after the last fault, with the product's processes guarded; records how long it took. */
export async function recovered(world: World, scenario: string, runs: readonly FaultRun[]): Promise<void> {
  const begun = Date.now();
  await guarded(world, outcomes(world, runs));
  world.journal.recoveries.push({ scenario, ms: Date.now() - begun });
}

/** Whether all events happen within `ms`. */
export async function within(ms: number, ...happenings: Promise<unknown>[]): Promise<boolean> {
  const ending = new AbortController();
  const late = sleep(ms, false, { signal: ending.signal }).catch(() => false);
  const all = Promise.all(happenings).then(() => true);
  return Promise.race([all, late]).finally(() => ending.abort());
}

/** Retries while a killed process is restarting; throws the last error after `ms`. */
export async function persistently<T>(work: () => Promise<T>, ms = 60_000): Promise<T> {
  for (const deadline = Date.now() + ms; ; await sleep(250)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline || !isAway(error)) throw error;
    }
  }
}

function isAway(error: unknown): boolean {
  return /fetch failed|ECONNREFUSED|ECONNRESET|terminated|answered 50\d|The registry does not answer/.test(
    `${String(error)} ${String((error as { cause?: unknown }).cause)}`,
  );
}
