import { operationInput } from '../../contract/operations/inputs';
import { operationWorkflowId, type OperationInput, type Resume } from '../../contract/operations/messages';
import { SUCCESS_STATUSES } from '../../contract/operations/states';
import { LOST_RUN, type SweepPlan } from '../../contract/maintenance/sweeps';
import { appendAudit } from '../../registry/audit/trail';
import { announce } from '../../registry/audit/append-once';
import { transaction } from '../../registry/database';
import { findIdleOperation, type IdleOperation } from '../../registry/operations/idle';
import { endFinding, quarantine, type ClaimedFinding, type Finding } from '../../registry/ledger/quarantine';
import type { SweepPart } from '../../registry/maintenance/sweeps';
import type { Dependencies } from '../dependencies';
import { failure } from '../../providers/port/failures';
import { forEachDue } from './sweep-due';

/** How many runs are looked up concurrently. */
const AT_ONCE = 10;

/** Puts idle operations whose run is no longer open into quarantine, and releases those whose run is open again. */
export async function findLost(
  { pool, runs }: Pick<Dependencies, 'pool'> & { runs: Pick<Dependencies['runs'], 'standing'> },
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

interface ResumeDependencies extends Pick<Dependencies, 'pool' | 'runs'> {
  settings: Pick<Dependencies['settings'], 'compensationSeconds'>;
}

/** Starts a new run for every operation whose lost run is due. */
export async function resumeLost(
  dependencies: ResumeDependencies & Pick<Dependencies, 'signal'>,
  plan: SweepPlan,
): Promise<SweepPart> {
  const part: SweepPart = { counts: { resumed: 0, released: 0 }, problems: [], findings: [] };
  await forEachDue(dependencies, plan, { place: LOST_RUN, part }, async (finding) => {
    const resumed = await resumeOne(dependencies, plan, finding);
    part.counts[resumed ? 'resumed' : 'released'] += 1;
  });
  return part;
}

/** Resolves to false when the operation has a run again, or no longer needs one. */
async function resumeOne(
  { pool, runs, settings }: ResumeDependencies,
  { sweepId, leaseSeconds, requestedBy }: SweepPlan,
  { findingId, externalId: operationId }: ClaimedFinding,
): Promise<boolean> {
  const operation = await findIdleOperation(pool, operationId, leaseSeconds);
  const standing = operation && (await runs.standing(operationId));
  if (!operation || standing === 'open') {
    await transaction(pool, (client) => endFinding(client, findingId, 'released'));
    return false;
  }
  const { kind, tenantId, plan, status, residency, template } = operation;
  const resume = resumeOf(operation);
  // The operation has succeeded: a new run would undo it.
  if (standing === 'completed' && resume.as === 'compensate')
    throw failure(
      'StateConflict',
      `Operation ${operationId} is ${status} in the registry, but its run has completed: the registry is older than the run. Restore a newer one.`,
    );
  const common: OperationInput = {
    operationId,
    tenantId,
    plan,
    resume,
    retry: template.recovery.retry,
    compensationSeconds: settings.compensationSeconds,
  };
  // An approval would come too late for this run.
  const approvals = { approvalDeadlineSeconds: 0, acceptUnverifiedApproval: false };
  const input = operationInput(common, { ...operation, approvals });
  const about = { tenantId, operationId, actor: requestedBy };
  const what = { findingId, from: status, as: resume.as };
  await announce(pool, { ...about, action: 'sweep.resume-begun', detail: what });
  const resumed = (await runs.resume(kind, input, residency)) === 'resumed';
  await transaction(pool, async (client) => {
    await endFinding(client, findingId, resumed ? 'resolved' : 'released');
    const action = resumed ? 'sweep.resumed' : 'sweep.not-resumed';
    await appendAudit(client, { ...about, action, detail: { ...what, sweepId } });
  });
  return resumed;
}

/** What the new run needs to know of the lost one, as far as the registry has it. */
export function resumeOf({
  status,
  region,
  failure: known,
  approvalState,
  skipped,
  pivotAt,
}: Pick<IdleOperation, 'status' | 'region' | 'failure' | 'approvalState' | 'skipped' | 'pivotAt'>): Resume {
  const place = region === null ? {} : { region };
  // Workers of earlier versions do not record the pivot, but they know only kinds whose pivot is their success.
  if (pivotAt !== null || SUCCESS_STATUSES.includes(status))
    return { as: 'hand-over', ...place, skipped: skipped.map(({ step }) => step) };
  const rejected = approvalState === 'rejected' || approvalState === 'expired';
  const end = known?.type === 'Cancelled' ? 'cancelled' : rejected ? 'rejected' : 'failed';
  return { as: 'compensate', ...place, end, ...(known ? { failure: known } : {}) };
}
