import type { SweepPlan } from '../../contract/maintenance/sweeps';
import { appendAudit } from '../../registry/audit/trail';
import { announce } from '../../registry/audit/append-once';
import { transaction } from '../../registry/database';
import { endFinding, type ClaimedFinding } from '../../registry/ledger/quarantine';
import { findOrphans } from '../../registry/ledger/orphans';
import { findLegalHold, LegalHoldStands } from '../../registry/tenants/legal-holds';
import type { SweepPart } from '../../registry/maintenance/sweeps';
import type { Dependencies } from '../dependencies';
import { failure } from '../../providers/port/failures';
import { forEachDue } from './sweep-due';
import { kindsIn } from './sweep-kinds';

interface RemovalDependencies extends Pick<Dependencies, 'pool'> {
  effects: Pick<Dependencies['effects'], 'releaseOrphan'>;
  runs: Pick<Dependencies['runs'], 'standing'>;
}

/** Removes what is due in a region, or in none. Kinds that depend on others go first. */
export async function removeOrphansOf(
  dependencies: RemovalDependencies & Pick<Dependencies, 'signal'> & { kinds: Pick<Dependencies['kinds'], 'all'> },
  plan: SweepPlan,
  region: string,
): Promise<SweepPart> {
  const part: SweepPart = { counts: { removed: 0, released: 0 }, problems: [], findings: [] };
  for (const { kind, classify } of [...kindsIn(dependencies, region)].reverse()) {
    const place = { provider: kind.provider, kind: kind.kind, region };
    await forEachDue(dependencies, plan, { place, part, classify }, async (finding) => {
      const removed = await removeOne(dependencies, plan, finding);
      part.counts[removed ? 'removed' : 'released'] += 1;
    });
  }
  return part;
}

/** Resolves to false when the resource has an owner after all, or is gone already. */
async function removeOne(
  { effects, pool, runs }: RemovalDependencies,
  { sweepId, leaseSeconds, requestedBy }: SweepPlan,
  finding: ClaimedFinding,
): Promise<boolean> {
  const { findingId, reason, provider, kind, region, cell, name, externalId: id, tenantId, operationId } = finding;
  const [orphan] = await findOrphans(pool, kind, [{ tenantId, name, id, cell }], leaseSeconds);
  if (orphan?.reason !== reason) {
    await transaction(pool, (client) => endFinding(client, findingId, 'released'));
    return false;
  }
  if (operationId !== null && (await runs.standing(operationId)) === 'open')
    throw failure('StateConflict', `${kind} ${name}: left alone while the run of operation ${operationId} is open.`);
  const hold = await findLegalHold(pool, tenantId);
  if (hold) throw failure('StateConflict', new LegalHoldStands(tenantId, hold.until).message);
  const about = { tenantId, ...(operationId === null ? {} : { operationId }), actor: requestedBy };
  const what = { findingId, reason, provider, kind, region, id };
  await announce(pool, { ...about, action: 'sweep.release-begun', detail: what });
  const removed = (await effects.releaseOrphan(finding)) === 'removed';
  await transaction(pool, async (client) => {
    await endFinding(client, findingId, removed ? 'resolved' : 'released');
    const action = removed ? 'sweep.released' : 'sweep.not-released';
    await appendAudit(client, { ...about, action, detail: { ...what, sweepId } });
  });
  return removed;
}
