import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantProvisioningRequest } from '../../../contract/order';
import type { Operation } from '../../../contract/schemas/operation-schema';
import type { Rule } from '../../helpers/fault-proxy';
import { plan, type Ordered } from '../../helpers/product';
import type { FaultRun, Journal } from '../journal';
import { aim } from '../plan/aim';
import { CALLS, type Call } from '../plan/calls';
import type { Dice, Planned } from '../plan/schedule';
import type { System } from '../system';

/** What a scenario works with. */
export interface World {
  system: System;
  journal: Journal;
  dice: Dice;
  say(text: string): void;
}

/** One thing that is done to the product. Whether it was right, the checker says, later. */
export interface Scenario extends Planned {
  name: string;
  /** Aimed ones disturb only their own tenant and run side by side; the others run alone. */
  alone: boolean;
  run(world: World): Promise<void>;
}

/** Waits for an approver, so that faults can be put in the way of this tenant while nothing of it has been made. */
const RESTRICTED: Record<Call['plan'], Partial<TenantProvisioningRequest>> = {
  starter: { customizations: { storageQuotaGb: 10 } },
  professional: { ...plan('professional'), customizations: { storageQuotaGb: 100 } },
};

/** Bound on everything a run may take, faults, back-off and a lost worker included. In milliseconds. */
export const OUTCOME_MS = 150_000;

/** Orders a tenant and returns when it waits for an approver. */
export async function orderWaiting(
  { system: { product }, journal }: World,
  scenario: string,
  name: Call['plan'] = 'starter',
  more: Partial<FaultRun> = {},
): Promise<FaultRun> {
  const ordered = await product.order(RESTRICTED[name]);
  const run: FaultRun = { scenario, ...ordered, ...more };
  journal.runs.push(run);
  await product.until(run.operationId, ({ status }) => status === 'awaiting_approval', OUTCOME_MS);
  return run;
}

/** Lets a waiting tenant be made. Tried again while the API or its registry is away. */
export async function approve({ system: { product } }: World, { operationId }: Ordered): Promise<void> {
  const path = `/v1/operations/${operationId}/approval`;
  await persistently(async () => {
    const { status } = await product.call('approver', 'POST', path, { decision: 'approve' });
    if (status !== 202) throw new Error(`The approval was answered ${status}.`);
  });
}

/** Makes a tenant fail in step 9, when everything of it has been made, so that everything is undone. */
export function failLate({ system: { lines } }: World, run: Ordered): Rule {
  const verify = CALLS.find(({ step, undo }) => step === 'verify' && !undo)!;
  return aim(lines, run, verify, { does: 403 });
}

/** The operations' outcomes; those that have none in time are told, and left to the checker. */
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

/** {@link outcomes} after the last fault; notes how long it took. */
export async function recovered(world: World, scenario: string, runs: readonly FaultRun[]): Promise<void> {
  const begun = Date.now();
  await outcomes(world, runs);
  world.journal.recoveries.push({ scenario, ms: Date.now() - begun });
}

/** Whether all of it has happened within `ms`. */
export async function within(ms: number, ...happenings: Promise<unknown>[]): Promise<boolean> {
  const ending = new AbortController();
  const late = sleep(ms, false, { signal: ending.signal }).catch(() => false);
  const all = Promise.all(happenings).then(() => true);
  return Promise.race([all, late]).finally(() => ending.abort());
}

/** Asks again while somebody who was killed is not back; gives the last error after `ms`. */
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
  return /fetch failed|ECONNREFUSED|ECONNRESET|terminated|answered 50\d/.test(
    `${String(error)} ${String((error as { cause?: unknown }).cause)}`,
  );
}
