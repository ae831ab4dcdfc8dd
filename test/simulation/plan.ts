import type { OperationStatus, ResolutionVerb } from '../../contract/states';
import { dice, type Dice } from './random';

/** Who can be away. */
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

/** What may become of one request. */
export const MISHAPS = [
  'lost', // takes effect, and its answer never comes
  'broken', // takes effect, and the connection breaks
  'failed', // takes effect, and the answer is an error of the server's own
  'late', // takes effect when nobody waits for it any more
  'never', // nothing happens, and no answer comes
  'twice', // takes effect now, and once more later
  'busy', // refused, because the server is busy or short of something for a moment
  'throttled', // refused, with the time to come back
  'half', // half of it takes effect, and the connection breaks
  'dies', // takes effect, and the worker dies before it hears of it
  'slow', // takes effect, and the answer takes nearly as long as is waited for
] as const;

/** One of {@link MISHAPS}. */
export type Mishap = (typeof MISHAPS)[number];

/** What somebody does to a run. */
export type Deed =
  | { do: 'approve' | 'reject' | 'cancel' }
  | { do: 'resolve'; verb: ResolutionVerb; skewed?: boolean }
  | { do: 'signal'; name: string; sent: string }
  | { do: 'update'; name: string; sent: string }
  | { do: 'temporal-cancel' };

/** One thing that goes wrong, or that somebody does. Any of them can be left out and the rest still makes sense. */
export type PlannedEvent =
  | { event: 'away'; who: Away; at: number; seconds: number; silent: boolean }
  | { event: 'mishap'; call: string; nth: number; how: Mishap; seconds: number }
  | { event: 'refusal'; call: string; nth: number }
  | { event: 'statement'; nth: number; how: 'before' | 'after' }
  | { event: 'logins'; nth: number; failures: number }
  | { event: 'clock'; at: number; seconds: number }
  | { event: 'deed'; at: number; when?: OperationStatus; deed: Deed };

/** Everything that is decided before a run begins. */
export interface Plan {
  seed: number;
  plan: 'starter' | 'professional' | 'enterprise';
  needsApproval: boolean;
  holds: boolean;
  approvalDeadlineSeconds: number;
  acceptUnverified: boolean;
  events: PlannedEvent[];
}

/** Calls that can go wrong, by the step they belong to. */
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

/** Bodies of messages that somebody sends past the API, by name; see `messages.ts`. */
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

/** The plan of a seed. */
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
    ...{ seed, plan, needsApproval, approvalDeadlineSeconds, events },
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
    // Undone under trouble: the undo meets mishaps of its own, or a creation whose answer is still out.
    const more = [...(roll.chance(0.6) ? [undoing(roll)] : []), ...(roll.chance(0.4) ? [unanswered(roll)] : [])];
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

/** At most two of a step: a third that is answered ends it, as its template says. */
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

function unanswered(roll: Dice): PlannedEvent {
  const call = `${roll.pick(Object.values(CALLS).flat())}.create`;
  return { event: 'mishap', call, nth: 1, how: roll.pick(['late', 'lost', 'slow']), seconds: roll.whole(1, 60) };
}

function undoing(roll: Dice): PlannedEvent {
  const call = `${roll.pick(Object.values(CALLS).flat())}.remove`;
  return { event: 'mishap', call, nth: roll.whole(1, 3), how: roll.pick(MISHAPS), seconds: roll.whole(1, 60) };
}

/** What approvers do, now and then in the last second, with Temporal away. */
function decisions(roll: Dice, deadline: number): PlannedEvent[] {
  const close = roll.chance(0.3);
  const at = close ? deadline - roll.whole(0, 20) : roll.whole(0, Math.min(deadline, 600));
  const decides = roll.chance(0.8) ? 'approve' : 'reject';
  const events: PlannedEvent[] = [];
  if (roll.chance(0.95)) events.push({ event: 'deed', at, when: 'awaiting_approval', deed: { do: decides } });
  if (roll.chance(0.1)) events.push({ event: 'deed', at: at + roll.whole(0, 5), deed: { do: 'reject' } });
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

/** What people and programs do to a run that nobody planned. */
function meddling(roll: Dice, needsApproval: boolean): PlannedEvent[] {
  const at = roll.whole(0, roll.pick([3, 30, 300]));
  const choice = roll();
  if (choice < 0.25) return [{ event: 'deed', at, deed: { do: 'cancel' } }];
  if (choice < 0.3) return [{ event: 'deed', at, deed: { do: 'temporal-cancel' } }];
  const sent = roll.pick(SENT);
  const verb = roll.pick(['retry', 'amend', 'skip', 'compensate', 'accept'] as const);
  if (choice < 0.6) return [{ event: 'deed', at, deed: { do: 'signal', name: 'approvalDecision', sent } }];
  const name = roll.pick(['cancel', verb, verb]);
  const when = needsApproval || roll.chance(0.5) ? undefined : ('on_hold' as const);
  if (choice < 0.9) return [{ event: 'deed', at, ...(when ? { when } : {}), deed: { do: 'update', name, sent } }];
  return [{ event: 'deed', at, ...(when ? { when } : {}), deed: { do: 'resolve', verb } }];
}
