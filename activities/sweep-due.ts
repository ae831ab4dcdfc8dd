import type { SweepPlan } from '../contract/sweeps';
import { claimDue, returnFinding, type ClaimedFinding, type FindingPlace } from '../registry/quarantine';
import type { SweepPart } from '../registry/sweeps';
import type { Dependencies } from './dependencies';
import { toFailure, type Classify } from './failures';

/** Findings of one kind in one region that are due, and the part of the sweep that tells of them. */
export interface Due {
  place: FindingPlace;
  part: SweepPart;
  classify?: Classify;
}

/**
 * Claims one finding after the other and does `work` about it, which ends it. What fails goes back to quarantine with the reason, is noted
 * as a problem and keeps no other from its turn.
 */
export async function forEachDue(
  { pool, signal }: Pick<Dependencies, 'pool' | 'signal'>,
  { sweepId, tenants }: SweepPlan,
  { place, part, classify }: Due,
  work: (finding: ClaimedFinding) => Promise<void>,
): Promise<void> {
  for (let after = '0'; ;) {
    signal().throwIfAborted();
    const finding = await claimDue(pool, place, { sweepId, tenants, after });
    if (!finding) return;
    after = finding.findingId;
    try {
      await work(finding);
    } catch (error) {
      const { message } = toFailure(error, `${finding.kind} ${finding.name} in ${finding.region}`, classify);
      await returnFinding(pool, finding.findingId, message);
      part.problems.push(message);
    }
  }
}
