import type { Journal } from '../journal';
import type { Dice } from '../plan/schedule';
import type { System } from '../system';
import type { Evidence } from './evidence';
import { recordedRuns } from './histories';
import { terminal } from './i01-terminal';
import { oneWinner } from './i02-one-winner';
import { complete } from './i03-complete';
import { clean } from './i04-clean';
import { noOrphan } from './i05-no-orphan';
import { singleEffect } from './i06-single-effect';
import { reverseOrder } from './i07-order';
import { honest } from './i08-honest';
import { audited } from './i09-audit';
import { replays } from './i10-replay';
import { secrecy } from './i11-secrecy';
import { isolated } from './i12-isolation';
import { lively } from './i13-liveness';
import { notVacuous } from './i14-not-vacuous';
import { together, type InvariantId, type Verdict } from './invariant';
import { patient } from './patience';

/** What was done, and what to judge it with. */
export interface CheckOptions {
  system: System;
  journal: Journal;
  /** Gathered before the control arm began, which is on the same providers. */
  evidence: Evidence;
  /** What the control arm violated, and how often. */
  control: Partial<Record<InvariantId, number>>;
  dice: Dice;
}

/** Looks at everything once, and says what holds. */
export async function check({
  system,
  journal,
  evidence,
  control,
  dice,
}: CheckOptions): Promise<Record<InvariantId, Verdict>> {
  const { product } = system;
  const { accepted } = evidence;
  const recorded = await recordedRuns(product, accepted);
  const verdicts: Record<InvariantId, Verdict> = {
    I1: terminal(evidence),
    I2: oneWinner(evidence, journal.duplicates),
    I3: await complete(product, evidence),
    I4: clean(evidence),
    I5: noOrphan(evidence),
    I6: await singleEffect(product, evidence),
    I7: reverseOrder(recorded),
    I8: honest(evidence),
    I9: await audited(product.registry, accepted),
    I10: await replays(product, recorded),
    I11: await secrecy(product, dice),
    I12: await isolated(product, accepted, dice),
    I13: together(await lively(product, evidence, journal.recoveries), patient(evidence)),
    I14: notVacuous(evidence, journal.faults, control),
  };
  for (const { invariant, ...surprise } of journal.surprises) {
    verdicts[invariant].checked += 1;
    verdicts[invariant].violations.push(surprise);
  }
  return verdicts;
}
