import type { OperationStatus, ResolutionVerb } from '../../../contract/operations/states';
import { dice, type Dice } from './random';

/** Servers that can be down. */
export const AWAY = [
  'postgres',
  'versity',
  'kubernetes',
  'keycloak',
  'stripe',
  'mail',
  'registry',
  'temporal',
] as const;

/** One of {@link AWAY}. */
export type Away = (typeof AWAY)[number];

/** Possible mishaps of one request. */
export const MISHAPS = [
  'lost', // takes effect, and its answer never arrives
  'broken', // takes effect, and the connection breaks
  'failed', // takes effect, and the answer is an error of the server's own
  'late', // takes effect after its caller has given up
  'never', // has no effect and no answer
  'twice', // takes effect now, and once more later
  'busy', // refused, because the server is briefly busy or short of resources
  'throttled', // refused, with the time to retry
  'half', // half of it takes effect, and the connection breaks
  'dies', // takes effect, and the worker dies before it gets the answer
  'slow', // takes effect, and the answer takes nearly as long as the time-out
] as const;

/** One of {@link MISHAPS}. */
export type Mishap = (typeof MISHAPS)[number];

/** Actions of people and programs on a run. */
export type Action =
  | { do: 'approve' | 'reject' | 'cancel' }
  | { do: 'resolve'; verb: ResolutionVerb; skewed?: boolean }
  | { do: 'signal'; name: string; sent: string }
  | { do: 'update'; name: string; sent: string }
  | { do: 'temporal-cancel' };

/** One fault or one action. Any of them can be left out of a plan, and the rest stays valid. */
export type PlannedEvent =
  | { event: 'away'; who: Away; at: number; seconds: number; silent: boolean }
  | { event: 'mishap'; call: string; nth: number; how: Mishap; seconds: number }
  | { event: 'refusal'; call: string; nth: number }
  | { event: 'statement'; nth: number; how: 'before' | 'after' }
  | { event: 'logins'; nth: number; failures: number }
  | { event: 'clock'; at: number; seconds: number }
  | { event: 'action'; at: number; when?: OperationStatus; action: Action };

/** All decisions made before a run begins. */
export interface Plan {
  seed: number;
  plan: 'starter' | 'professional' | 'enterprise';
  needsApproval: boolean;
  holds: boolean;
  approvalDeadlineSeconds: number;
  acceptUnverified: boolean;
  events: PlannedEvent[];
}

/** Creating calls that can go wrong, by their step. */
const CALLS: Record<string, readonly string[]> = {
  database: ['pooled-share', 'postgres-owner', 'postgres-schema', 'postgres-database'],
  'storage-and-compute': ['storage-access-key', 'bucket', 'kubernetes-namespace'],
  security: ['postgres-login', 'postgres-readonly'],
  identity: ['idp-organization', 'idp-groups', 'idp-admin-user'],
  integrations: ['billing-customer', 'billing-subscription'],
};
const LOOKS: Record<string, readonly string[]> = {
  verifyRegion: ['postgres.verify', 'postgres.locate', 'storage.verify', 'storage.locate'],
  verifyGlobal: [
    'keycloak.GET users',
    'keycloak.POST token',
    'keycloak.GET groups',
    'keycloak.DELETE attack-detection',
  ],
  integrations: ['stripe.check-payment-method', 'stripe.activate'],
};

/** Names of message bodies sent past the API; see `world/messages.ts`. */
export const SENT = [
  'approve',
  'reject',
  'nothing',
  'null',
  'number',
  'list',
  'unknown encoding',
  'unknown key',
  'broken cipher',
  'not json',
  'control characters',
  'unknown id',
  'id that is no id',
  'huge',
  'deep',
  'prototype',
  'two arguments',
] as const;

/** The plan for a seed. */
export function planOf(seed: number): Plan {
  const roll = dice(seed);
  const plan = roll.pick(['starter', 'starter', 'professional', 'professional', 'enterprise'] as const);
  const needsApproval = plan !== 'enterprise' && roll.chance(0.3);
  const events: PlannedEvent[] = [];
  const faults = roll.pick([0, 1, 1, 2, 2, 3, 4]);
  const budget = new Map<string, number>();
  for (let index = 0; index < faults; index++) events.push(...fault(roll, budget));
  const approvalDeadlineSeconds = roll.pick([120, 600, 3600, 86_400]);
  if (needsApproval) events.push(...decisions(roll, approvalDeadlineSeconds));
  if (roll.chance(0.25)) events.push(...meddling(roll, needsApproval));
  return {
    seed,
    plan,
    needsApproval,
    approvalDeadlineSeconds,
    events,
    holds: roll.chance(0.2),
    acceptUnverified: roll.chance(0.7),
  };
}

function fault(roll: Dice, budget: Map<string, number>): PlannedEvent[] {
  const kind = roll();
  if (kind < 0.25) return [away(roll)];
  if (kind < 0.32) return [{ event: 'statement', nth: roll.whole(3, 160), how: roll.pick(['before', 'after']) }];
  if (kind < 0.38) return [{ event: 'logins', nth: roll.whole(1, 12), failures: roll.whole(1, 6) }];
  if (kind < 0.41)
    return [{ event: 'clock', at: roll.whole(0, 60), seconds: roll.pick([-3600, -60, -5, 5, 60, 3600]) }];
  if (kind < 0.47) {
    const call = `${roll.pick(Object.values(CALLS).flat())}.create`;
    // A troubled undo: it meets mishaps of its own, or a creation that is still on its way.
    const more = [...(roll.chance(0.6) ? [undoing(roll)] : []), ...(roll.chance(0.4) ? [outstanding(roll)] : [])];
    return [{ event: 'refusal', call: roll.chance(0.3) ? 'stripe.check-payment-method' : call, nth: 1 }, ...more];
  }
  if (kind < 0.55) return [undoing(roll)];
  return mishap(roll, budget);
}

function away(roll: Dice): PlannedEvent {
  return {
    event: 'away',
    who: roll.pick(AWAY),
    at: roll.whole(0, roll.pick([10, 10, 40, 120])),
    seconds: roll.whole(1, roll.pick([5, 30, 120])),
    silent: roll.chance(0.25),
  };
}

/** At most two per step: by the template's retry policy, a third error answer ends the step. */
function mishap(roll: Dice, budget: Map<string, number>): PlannedEvent[] {
  const looks = roll.chance(0.35);
  const step = roll.pick(Object.keys(looks ? LOOKS : CALLS));
  const used = budget.get(step) ?? 0;
  if (used >= 2) return [];
  budget.set(step, used + 1);
  const call = looks
    ? roll.pick(LOOKS[step]!)
    : `${roll.pick(CALLS[step]!)}.${roll.pick(['create', 'create', 'find'])}`;
  return [{ event: 'mishap', call, nth: roll.whole(1, 2), how: roll.pick(MISHAPS), seconds: roll.whole(1, 60) }];
}

/** A creation that is still on its way when compensation begins. */
function outstanding(roll: Dice): PlannedEvent {
  const call = `${roll.pick(Object.values(CALLS).flat())}.create`;
  return {
    event: 'mishap',
    call,
    nth: 1,
    how: roll.pick(['late', 'lost', 'slow', 'twice', 'twice']),
    seconds: roll.whole(1, 60),
  };
}

function undoing(roll: Dice): PlannedEvent {
  const call = `${roll.pick(Object.values(CALLS).flat())}.remove`;
  return { event: 'mishap', call, nth: roll.whole(1, 3), how: roll.pick(MISHAPS), seconds: roll.whole(1, 60) };
}

/** Decisions of approvers, sometimes in the last second or while Temporal is down. */
function decisions(roll: Dice, deadline: number): PlannedEvent[] {
  const close = roll.chance(0.3);
  const at = close ? deadline - roll.whole(0, 20) : roll.whole(0, Math.min(deadline, 600));
  const decides = roll.chance(0.8) ? 'approve' : 'reject';
  const events: PlannedEvent[] = [];
  if (roll.chance(0.95)) events.push({ event: 'action', at, when: 'awaiting_approval', action: { do: decides } });
  if (roll.chance(0.1)) events.push({ event: 'action', at: at + roll.whole(0, 5), action: { do: 'reject' } });
  if (close && roll.chance(0.5))
    events.push({
      event: 'away',
      who: 'temporal',
      at: at - roll.whole(0, 10),
      seconds: roll.whole(5, 120),
      silent: false,
    });
  return events;
}

/** Unexpected interference by people and programs. */
function meddling(roll: Dice, needsApproval: boolean): PlannedEvent[] {
  const at = roll.whole(0, roll.pick([3, 30, 300]));
  const choice = roll();
  if (choice < 0.25) return [{ event: 'action', at, action: { do: 'cancel' } }];
  if (choice < 0.3) return [{ event: 'action', at, action: { do: 'temporal-cancel' } }];
  const sent = roll.pick(SENT);
  const verb = roll.pick(['retry', 'amend', 'skip', 'compensate', 'accept'] as const);
  if (choice < 0.6) return [{ event: 'action', at, action: { do: 'signal', name: 'approvalDecision', sent } }];
  const name = roll.pick(['cancel', verb, verb]);
  const when = needsApproval || roll.chance(0.5) ? undefined : ('on_hold' as const);
  if (choice < 0.9) return [{ event: 'action', at, ...(when ? { when } : {}), action: { do: 'update', name, sent } }];
  return [{ event: 'action', at, ...(when ? { when } : {}), action: { do: 'resolve', verb } }];
}
