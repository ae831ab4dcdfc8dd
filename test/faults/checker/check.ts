import type { Journal } from '../journal';
import type { System } from '../system';
import type { Evidence } from './evidence';
import { gather } from './gather';
import { terminal } from './i01-terminal';
import { clean } from './i04-clean';
import { noOrphan } from './i05-no-orphan';
import { INVARIANTS, type InvariantId, type Verdict } from './invariant';

/** Looks at everything once, and says what holds. */
export async function check(
  system: System,
  journal: Journal,
  say: (text: string) => void,
): Promise<{ verdicts: Record<InvariantId, Verdict>; evidence: Evidence }> {
  const evidence = await gather(system, journal);
  say('gathered');
  const none: Verdict = { checked: 0, violations: [] };
  const verdicts = Object.fromEntries(Object.keys(INVARIANTS).map((id) => [id, none])) as Record<InvariantId, Verdict>;
  verdicts.I1 = terminal(evidence);
  verdicts.I4 = clean(evidence);
  verdicts.I5 = noOrphan(evidence);
  return { verdicts, evidence };
}
