import type { Plan } from './plan';
import type { Violation } from './check';

/**
 * The fewest events with which the same invariants are still violated: events are left out in halves, quarters and one by one, as long as
 * that changes nothing about what is found (delta debugging, Zeller and Hildebrandt 2002).
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
