import type { Journal } from '../journal';
import type { Dice } from '../plan/schedule';
import type { System } from '../system';
import type { Evidence } from './evidence';
import { recordedRuns } from './histories';
import { terminal } from './invariants/i01-terminal';
import { oneWinner } from './invariants/i02-one-winner';
import { complete } from './invariants/i03-complete';
import { clean } from './invariants/i04-clean';
import { noOrphan } from './invariants/i05-no-orphan';
import { singleEffect } from './invariants/i06-single-effect';
import { reverseOrder } from './invariants/i07-order';
import { honest } from './invariants/i08-honest';
import { audited } from './invariants/i09-audit';
import { replays } from './invariants/i10-replay';
import { secrecy } from './invariants/i11-secrecy';
import { isolated } from './invariants/i12-isolation';
import { lively } from './invariants/i13-liveness';
import { notVacuous } from './invariants/i14-not-vacuous';
import { closed } from './invariants/changes/i15-closed';
import { asBefore } from './invariants/changes/i16-as-before';
import { certificatesOf, contentOf, trueCertificates } from './invariants/changes/i17-true-certificate';
import { nothingLeft } from './invariants/changes/i18-nothing-left';
import { wholeExports } from './invariants/changes/i19-whole-export';
import { remainsOf } from './eyes/remains';
import { together, type InvariantId, type Verdict } from './invariant';
import { patient } from './patience';

/** A finished run, with everything needed to judge it. */
export interface CheckOptions {
  system: System;
  journal: Journal;
  /** Gathered before the control arm began, because the arm uses the same providers. */
  evidence: Evidence;
  /** Invariants that the control arm violated, with counts. */
  control: Partial<Record<InvariantId, number>>;
  dice: Dice;
  say(text: string): void;
}

/** Checks every invariant once and returns the verdicts. */
export async function check({
  system,
  journal,
  evidence,
  control,
  dice,
  say,
}: CheckOptions): Promise<Record<InvariantId, Verdict>> {
  const { product } = system;
  const { accepted } = evidence;
  const recorded = await recordedRuns(product, accepted);
  const signed = await certificatesOf(product, journal.removed);
  const certificates = new Map([...signed].map(([tenantId, each]) => [tenantId, contentOf(each)]));
  const judges: Record<InvariantId, () => Verdict | Promise<Verdict>> = {
    I1: () => terminal(evidence),
    I2: () => oneWinner(evidence, journal.duplicates),
    I3: () => complete(product, evidence),
    I4: () => clean(evidence),
    I5: () => noOrphan(evidence),
    I6: () => singleEffect(product, evidence),
    I7: () => reverseOrder(recorded),
    I8: () => honest(evidence),
    I9: () => audited(product.registry, accepted),
    I10: () => replays(product, recorded),
    I11: () => secrecy(product, dice),
    I12: () => isolated(product, accepted, dice),
    I13: async () => together(await lively(product, evidence, journal.recoveries), patient(evidence)),
    I14: () => notVacuous(evidence, journal.faults, control),
    I15: () => closed(journal.looks),
    I16: () => asBefore(journal.looks),
    I17: () => trueCertificates(product, journal.removed, evidence, signed),
    I18: async () =>
      nothingLeft(journal.removed, { evidence, remains: await remainsOf(product, journal.removed), certificates }),
    I19: () => wholeExports(journal.exports),
  };
  const verdicts = {} as Record<InvariantId, Verdict>;
  for (const [id, judge] of Object.entries(judges) as [InvariantId, () => Promise<Verdict>][])
    verdicts[id] = await judgement(id, judge, say);
  for (const { invariant, ...surprise } of journal.surprises) {
    verdicts[invariant].checked += 1;
    verdicts[invariant].violations.push(surprise);
  }
  return verdicts;
}

/** What has come of judging an invariant. One that cannot be judged is violated, and the others are judged all the same. */
async function judgement(
  id: InvariantId,
  judge: () => Verdict | Promise<Verdict>,
  say: (text: string) => void,
): Promise<Verdict> {
  const begun = performance.now();
  try {
    return await judge();
  } catch (error) {
    say(error instanceof Error ? `${error.stack}, because ${String(error.cause)}` : String(error));
    return { checked: 1, violations: [{ what: `could not be judged: ${String(error)}` }] };
  } finally {
    say(`${id} is judged, after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
}
