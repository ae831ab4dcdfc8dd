import type { Plan } from '../plan/plan';
import type { Violation } from './check';

/**
 * The smallest set of events that still violates the same invariants: events are left out in halves, quarters and one by one, as long as
 * the violations stay the same (delta debugging, Zeller and Hildebrandt 2002).
 */
export async function shrink(
  plan: Plan,
  found: readonly Violation[],
  look: (plan: Plan) => Promise<readonly Violation[]>,
): Promise<Plan> {
  const wanted = new Set(found.map(({ id }) => id));
  const still = async (candidate: Plan): Promise<boolean> => (await look(candidate)).some(({ id }) => wanted.has(id));
  let best = plan;
  for (let size = Math.ceil(best.events.length / 2); size >= 1;) {
    let removed = false;
    for (let from = 0; from < best.events.length; from += size) {
      const events = best.events.filter((_, index) => index < from || index >= from + size);
      if (events.length === best.events.length || !(await still({ ...best, events }))) continue;
      best = { ...best, events };
      removed = true;
      break;
    }
    if (!removed) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  for (const simpler of [{ plan: 'starter' }, { holds: false }, { needsApproval: false }] as const) {
    const candidate = { ...best, ...simpler };
    if (await still(candidate)) best = candidate;
  }
  return best;
}
