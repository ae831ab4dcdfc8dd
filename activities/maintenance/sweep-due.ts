import type { SweepPlan } from '../../contract/maintenance/sweeps';
import type { Queryable } from '../../registry/database';
import { claimDue, returnFinding, type ClaimedFinding, type FindingPlace } from '../../registry/ledger/quarantine';
import type { SweepPart } from '../../registry/maintenance/sweeps';
import type { Dependencies } from '../dependencies';
import { toFailure, type Classify } from '../../providers/port/failures';

/** The due findings of one kind in one region, and the part of the sweep that reports them. */
export interface Due {
  place: FindingPlace;
  part: SweepPart;
  classify?: Classify;
}

/**
 * Claims one due finding after the other and calls `work`, which ends it. A finding for which `work` fails returns to quarantine with the
 * reason, is recorded as a problem and does not hold up the others.
 */
export async function forEachDue(
  { pool, signal }: { pool: Queryable } & Pick<Dependencies, 'signal'>,
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
