import type { SweepPlan } from '../contract/sweeps';
import { appendAudit } from '../registry/audit';
import { announce } from '../registry/audit-once';
import { transaction } from '../registry/database';
import { endFinding, type ClaimedFinding } from '../registry/quarantine';
import { findStrays } from '../registry/strays';
import type { SweepPart } from '../registry/sweeps';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import { forEachDue } from './sweep-due';
import { kindsIn } from './sweep-kinds';

/** Removes what is due in a region, or in none; the kinds that rest on others first. */
export async function removeStraysOf(dependencies: Dependencies, plan: SweepPlan, region: string): Promise<SweepPart> {
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

/** False when it is somebody's after all, or gone by itself. */
async function removeOne(
  { effects, pool, runs }: Dependencies,
  { sweepId, leaseSeconds, requestedBy }: SweepPlan,
  finding: ClaimedFinding,
): Promise<boolean> {
  const { findingId, reason, provider, kind, region, cell, name, externalId: id, tenantId, operationId } = finding;
  const [stray] = await findStrays(pool, kind, [{ tenantId, name, id, cell }], leaseSeconds);
  if (stray?.reason !== reason) {
    await endFinding(pool, findingId, 'released');
    return false;
  }
  if (operationId !== null && (await runs.standing(operationId)) === 'open')
    throw failure(
      'StateConflict',
      `${kind} ${name}: left alone as long as the run of operation ${operationId} is open.`,
    );
  const about = { tenantId, ...(operationId === null ? {} : { operationId }), actor: requestedBy };
  const what = { findingId, reason, provider, kind, region, id };
  await announce(pool, { ...about, action: 'sweep.release-begun', detail: what });
  const removed = (await effects.releaseStray(finding)) === 'removed';
  await transaction(pool, async (client) => {
    await endFinding(client, findingId, removed ? 'resolved' : 'released');
    const action = removed ? 'sweep.released' : 'sweep.not-released';
    await appendAudit(client, { ...about, action, detail: { ...what, sweepId } });
  });
  return removed;
}
