import { operationWorkflowId, type ProvisionTenantInput, type Resume } from '../contract/messages';
import { LOST_RUN, type SweepPlan } from '../contract/sweeps';
import { appendAudit } from '../registry/audit';
import { announce } from '../registry/audit-once';
import { transaction } from '../registry/database';
import { findIdleOperation, type IdleOperation } from '../registry/idle-operations';
import { endFinding, quarantine, type ClaimedFinding, type Finding } from '../registry/quarantine';
import type { SweepPart } from '../registry/sweeps';
import type { Dependencies } from './dependencies';
import { failure } from './failures';
import { forEachDue } from './sweep-due';

/** Runs asked about at once. */
const AT_ONCE = 10;

/** Those of the idle operations whose run is not open any more go to quarantine; those whose run is there again leave it. */
export async function findLost(
  { pool, runs }: Dependencies,
  plan: SweepPlan,
  idle: IdleOperation[],
): Promise<SweepPart> {
  const found: Finding[] = [];
  for (let from = 0; from < idle.length; from += AT_ONCE)
    await Promise.all(
      idle.slice(from, from + AT_ONCE).map(async ({ operationId, tenantId }) => {
        if ((await runs.standing(operationId)) === 'open') return;
        const name = operationWorkflowId(operationId);
        found.push({ ...LOST_RUN, reason: 'lost-run', cell: '', name, externalId: operationId, tenantId, operationId });
      }),
    );
  const released = plan.dryRun ? 0 : await quarantine(pool, LOST_RUN, found, plan);
  return { counts: { lostRuns: found.length, released }, problems: [], findings: plan.dryRun ? found : [] };
}

/** Gives every operation whose lost run is due another one. */
export async function resumeLost(dependencies: Dependencies, plan: SweepPlan): Promise<SweepPart> {
  const part: SweepPart = { counts: { resumed: 0, released: 0 }, problems: [], findings: [] };
  await forEachDue(dependencies, plan, { place: LOST_RUN, part }, async (finding) => {
    const resumed = await resumeOne(dependencies, plan, finding);
    part.counts[resumed ? 'resumed' : 'released'] += 1;
  });
  return part;
}

/** False when the operation has a run again, or needs none any more. */
async function resumeOne(
  { pool, runs, settings }: Dependencies,
  { sweepId, leaseSeconds, requestedBy }: SweepPlan,
  { findingId, externalId: operationId }: ClaimedFinding,
): Promise<boolean> {
  const operation = await findIdleOperation(pool, operationId, leaseSeconds);
  const standing = operation && (await runs.standing(operationId));
  if (!operation || standing === 'open') {
    await endFinding(pool, findingId, 'released');
    return false;
  }
  const { tenantId, plan, status, residency, template } = operation;
  // Undoing it would take away a tenant that lives.
  if (standing === 'completed' && status !== 'active')
    throw failure(
      'StateConflict',
      `Operation ${operationId} is ${status} here, and its run has completed: the registry is older than that. Restore a newer one.`,
    );
  const resume = resumeOf(operation);
  const input: ProvisionTenantInput = {
    ...{ operationId, tenantId, plan, resume },
    retry: template.recovery.retry,
    compensationSeconds: settings.compensationSeconds,
    // Whatever an approver might say comes too late for this run.
    approvalDeadlineSeconds: 0,
    acceptUnverifiedApproval: false,
  };
  const about = { tenantId, operationId, actor: requestedBy };
  const what = { findingId, from: status, as: resume.as };
  await announce(pool, { ...about, action: 'sweep.resume-begun', detail: what });
  const resumed = (await runs.resume(input, residency)) === 'resumed';
  await transaction(pool, async (client) => {
    await endFinding(client, findingId, resumed ? 'resolved' : 'released');
    const action = resumed ? 'sweep.resumed' : 'sweep.not-resumed';
    await appendAudit(client, { ...about, action, detail: { ...what, sweepId } });
  });
  return resumed;
}

/** What the new run is told of the old one, as far as the registry knows. */
export function resumeOf({
  status,
  region,
  failure: known,
  approvalState,
  skipped,
}: Pick<IdleOperation, 'status' | 'region' | 'failure' | 'approvalState' | 'skipped'>): Resume {
  const place = region === null ? {} : { region };
  if (status === 'active') return { as: 'hand-over', ...place, skipped: skipped.map(({ step }) => step) };
  const rejected = approvalState === 'rejected' || approvalState === 'expired';
  const end = known?.type === 'Cancelled' ? 'cancelled' : rejected ? 'rejected' : 'failed';
  return { as: 'compensate', ...place, end, ...(known ? { failure: known } : {}) };
}
