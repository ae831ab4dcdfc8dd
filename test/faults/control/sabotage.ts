import { seen, type Look, type Standing } from '../checker/eyes/look';
import { gather } from '../checker/gather';
import type { InvariantId } from '../checker/invariant';
import { closed } from '../checker/invariants/changes/i15-closed';
import { asBefore } from '../checker/invariants/changes/i16-as-before';
import { createJournal } from '../journal';
import type { Plan } from '../plan/calls/call';
import type { ChangeKind } from '../plan/calls/calls';
import { EXPORTED } from '../plan/calls/deprovision';
import type { Dice } from '../plan/schedule';
import type { Subject } from '../scenarios/changes/change';
import { tenantsOf } from '../scenarios/changes/tenants';
import { outcomes, type World } from '../scenarios/scenario';
import { prepareChange } from '../scenarios/subject';
import type { System } from '../system';
import { damagesSeen } from './damages';
import { HARMS, type Harm } from './harms';
import { forgeriesSeen, relicsSeen } from './relics';

/**
 * Shows that the checker can see what it looks for: a suspended and a resumed tenant are harmed in every way that it must notice, a removed
 * one leaves relics, and its certificate is forged. Returns how many of these it noticed, by invariant; none if it missed one.
 */
export async function runSabotage(
  system: System,
  dice: Dice,
  say: (text: string) => void,
): Promise<Record<Seen, number>> {
  const world: World = { system, journal: createJournal(), dice, say };
  const noticed: Record<Seen, number> = { I15: 0, I16: 0, I17: 0, I18: 0, I19: 0 };
  for (const plan of ['starter', 'professional'] as const) {
    const tenant = await tenantsOf(world).take(plan, ['active']);
    for (const [kind, body] of CHANGED) {
      await change(world, tenant, kind, body);
      for (const harm of HARMS.filter((each) => suits(each, plan, tenant.state))) {
        const mend = await harm.do(system.product, tenant);
        if (await isSeen(world, tenant, harm)) noticed[harm.violates] += 1;
        else {
          say(`The checker missed that ${harm.name}.`);
          noticed[harm.violates] = -Infinity;
        }
        await mend();
      }
    }
    if (plan === 'starter') Object.assign(noticed, await removalSabotage(world, tenant));
  }
  return Object.fromEntries(Object.entries(noticed).map(([id, count]) => [id, Math.max(count, 0)])) as typeof noticed;
}

const CHANGED: readonly [kind: ChangeKind, body?: object][] = [
  ['suspend', { reason: 'non_payment', readOnly: true }],
  ['resume'],
  ['suspend'],
  ['resume'],
];

/** The invariants whose checks are shown to see. */
type Seen = Extract<InvariantId, 'I15' | 'I16' | 'I17' | 'I18' | 'I19'>;

async function removalSabotage(world: World, tenant: Subject): Promise<Record<'I17' | 'I18' | 'I19', number>> {
  await change(world, tenant, 'deprovision', EXPORTED);
  const [removed] = world.journal.removed;
  if (!removed) return { I17: 0, I18: 0, I19: 0 };
  const { product } = world.system;
  const forgeries = await forgeriesSeen(product, removed, await gather(world.system, world.journal));
  const damages = await damagesSeen(product, world.journal.exports);
  const relics = await relicsSeen(product, removed);
  for (const [what, { seen: noticed, of }] of Object.entries({ forgeries, damages, relics }))
    if (noticed < of) world.say(`The checker saw ${noticed} of ${of} ${what}.`);
  return { I17: all(forgeries), I18: all(relics), I19: all(damages) };
}

/** How many were seen; none if one was missed. */
function all({ seen: noticed, of }: { seen: number; of: number }): number {
  return noticed === of ? of : 0;
}

function suits({ plans, violates, readOnly }: Harm, plan: Plan, state: Standing): boolean {
  const during = violates === 'I16' ? 'active' : readOnly ? 'read-only' : 'suspended';
  return plans.includes(plan) && during === state;
}

async function change(world: World, tenant: Subject, kind: ChangeKind, body?: object): Promise<void> {
  const request = { tenant, tenants: tenantsOf(world), ...(body ? { body } : {}) };
  const prepared = prepareChange(world, { scenario: 'sabotage', kind }, request);
  await prepared.begin();
  await outcomes(world, [prepared.run]);
  await prepared.finish();
}

async function isSeen({ system: { product } }: World, tenant: Subject, { violates }: Harm): Promise<boolean> {
  const { state: expected, tenantId } = tenant;
  const { reach, facts: now } = await seen(product, tenant);
  const ids = { scenario: 'sabotage', operationId: '', tenantId };
  const look: Look = {
    ...ids,
    kind: 'suspend',
    status: 'completed',
    expected,
    reach,
    before: tenant.known[expected]!,
    now,
  };
  const check = violates === 'I15' ? closed : asBefore;
  return check([look]).violations.length > 0;
}
