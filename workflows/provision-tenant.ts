import {
  CancellationScope,
  defineQuery,
  defineUpdate,
  isCancellation,
  log,
  setHandler,
  condition,
} from '@temporalio/workflow';
import type { Conclusion } from '../activities/interface';
import {
  CANCEL_UPDATE,
  PROGRESS_QUERY,
  type ApprovalSignal,
  type CancelRequest,
  type OperationFailure,
  type Progress,
  type ProvisionTenantInput,
} from '../contract/messages';
import { mayDo } from '../contract/states';
import { STEPS, type Step } from '../contract/steps';
import {
  bestEffortActivities,
  certainActivities,
  compensationActivities,
  forwardActivities,
  recordActivities,
} from './activities';
import { awaitApproval, collectApprovals } from './approval';
import { describeFailure, finalFailure, runFailure } from './failures';
import { Run } from './run';
import { settleAll } from './saga';

/** Where the run stands; synchronous and without secrets. */
export const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

/** Asks the run to turn round; refused once that is no longer possible. */
export const cancelUpdate = defineUpdate<{ accepted: true }, [CancelRequest]>(CANCEL_UPDATE);

/**
 * Provisions one tenant: fully there, or fully gone, or with its leftovers in an operator's hands. Ends as completed when the tenant is
 * active, and as failed with the original cause when everything was undone.
 */
export async function provisionTenant(input: ProvisionTenantInput): Promise<{ tenantId: string; status: 'active' }> {
  const run = new Run(input);
  const approvals = collectApprovals();
  const forward = new CancellationScope();
  setHandler(progressQuery, () => run.progress(), { description: 'Status, steps, approval, failure and leftovers.' });
  setHandler(cancelUpdate, (request: CancelRequest) => cancel(run, forward, request), {
    validator: (_request: CancelRequest) => refuseCancel(run),
    description: 'Turn round and undo everything; refused after the pivot.',
  });
  // The registry made the tenant's key when it took the order: that much exists already.
  run.saga.add('reserve');
  run.show();

  try {
    await forward.run(() => provision(run, approvals));
    await CancellationScope.nonCancellable(() => finalize(run));
  } catch (error) {
    run.failure ??= describeFailure(error, 'validate');
    await CancellationScope.nonCancellable(() => compensate(run, error));
    if (isCancellation(error) && !run.cancelRequested) throw error;
    throw finalFailure(run.failure);
  }
  await CancellationScope.nonCancellable(() => handOver(run));
  return { tenantId: input.tenantId, status: 'active' };
}

/** Steps 1 to 9, level by level. */
async function provision(run: Run, approvals: ApprovalSignal[]): Promise<void> {
  const { input } = run;
  const { operationId } = input;
  const at = (step: Step, region?: string) => forwardActivities(input, step, region);

  const validate = () => at('validate').validateOrder({ operationId, step: 'validate' });
  run.enter('validating');
  const { region, approvalsRequired } = await run.step('validate', validate);
  run.region = region;

  if (approvalsRequired.length > 0) {
    await waitForApprover(run, approvals);
    // What was free before the approver thought about it may be taken now.
    await run.step('validate', validate);
  }

  run.enter('provisioning');
  await run.step('reserve', () => at('reserve').reserveResources({ operationId, step: 'reserve', region }));

  const level1 = settleAll([
    run.step('database', () => at('database', region).provisionDatabase({ operationId, step: 'database' })),
    run.step('storage-and-compute', () =>
      at('storage-and-compute', region).provisionStorageAndCompute({ operationId, step: 'storage-and-compute' }),
    ),
    run.step('configuration', () => at('configuration').configureApplication({ operationId, step: 'configuration' })),
  ]);
  run.indexSteps();
  await level1;

  const level2 = settleAll([
    run.step('security', () => at('security', region).configureSecurity({ operationId, step: 'security' })),
    run.step('identity', () => at('identity').createOrganization({ operationId, step: 'identity' })),
    run.step('integrations', () => at('integrations').setUpIntegrations({ operationId, step: 'integrations' })),
  ]);
  run.indexSteps();
  await level2;

  await run.step('verify', () =>
    settleAll([
      at('verify', region).verifyRegion({ operationId, step: 'verify' }),
      at('verify').verifyGlobal({ operationId, step: 'verify' }),
    ]),
  );
}

async function waitForApprover(run: Run, approvals: ApprovalSignal[]): Promise<void> {
  const { operationId, approvalDeadlineSeconds } = run.input;
  run.approval = 'waiting';
  run.enter('awaiting_approval');
  await recordActivities().recordProgress({
    operationId,
    status: 'awaiting_approval',
    approvalState: 'waiting',
    approvalDeadline: new Date(Date.now() + approvalDeadlineSeconds * 1000).toISOString(),
  });
  await attempt(() => bestEffortActivities('Ask the approvers').notifyApprovers({ operationId }));
  await awaitApproval(run, approvals);
}

/** Step 10. The registry's compare-and-set is the pivot: it is asked until it answers. */
async function finalize(run: Run): Promise<void> {
  if (run.cancelRequested) throw runFailure('Cancelled', 'Cancelled before the tenant was activated.');
  run.pivoting = true;
  await run.step('finalize', async () => {
    const { answer } = await certainActivities('Finalize: the pivot').activateTenant({
      operationId: run.input.operationId,
      step: 'finalize',
      steps: STEPS.map((id) => ({ id, state: 'done' })),
    });
    if (answer === 'refused')
      throw runFailure(
        'StateConflict',
        'The registry refused to activate the tenant: its operation has already ended.',
      );
  });
  run.enter('active');
}

/** After the pivot: only forward, however long it takes; mail is worth a few attempts. */
async function handOver(run: Run): Promise<void> {
  const { operationId } = run.input;
  await Promise.all([
    charge(run),
    attempt(() => bestEffortActivities('Welcome the first admin').sendWelcome({ operationId, step: 'finalize' })),
  ]);
}

/** A first charge that is declined never takes a tenant away: people are told. */
async function charge({ input: { operationId } }: Run): Promise<void> {
  const { billing } = await certainActivities('Activate the subscription').activateSubscription({
    operationId,
    step: 'finalize',
  });
  if (billing === 'active') return;
  const message = 'The first charge was declined; billing is past due and the tenant stays active.';
  const failure: OperationFailure = { type: 'PaymentMethodDeclined', message, step: 'finalize' };
  await attempt(() =>
    bestEffortActivities('Tell the operators').notifyOperators({ operationId, failure, status: 'active' }),
  );
}

/** Undoes what was begun, in reverse, and records how it ended. Returns only when nothing is left. */
async function compensate(run: Run, error: unknown): Promise<void> {
  const { operationId } = run.input;
  const failure = run.failure!;
  run.enter('compensating');
  await recordActivities().recordProgress({
    operationId,
    status: 'compensating',
    failure,
    approvalState: run.approval,
  });
  await run.saga.compensate(async (step) => {
    run.markUndo(step, 'compensating');
    await compensationActivities(run.input, step, regionOf(run, step)).compensateStep({ operationId, step });
    run.markUndo(step, 'compensated');
  });
  const conclusion: Conclusion = {
    operationId,
    status: endOf(run, error),
    failure,
    approvalState: run.approval,
    steps: run.report(),
  };
  const { status, leftovers } = await recordActivities().concludeCompensation(conclusion);
  run.leftovers = leftovers;
  run.enter(status);
  await attempt(() => bestEffortActivities('Tell the operators').notifyOperators({ operationId, failure, status }));
  if (status === 'needs_operator') {
    log.error('Leftovers need an operator; the run stays open', { operationId, leftovers: leftovers.length });
    await condition(() => false);
  }
}

function endOf(run: Run, error: unknown): Conclusion['status'] {
  if (run.cancelRequested || isCancellation(error)) return 'cancelled';
  return run.approval === 'rejected' || run.approval === 'expired' ? 'rejected' : 'failed';
}

/** Steps whose resources lie in a region are undone by that region's worker, the others by any. */
function regionOf(run: Run, step: Step): string | undefined {
  return step === 'database' || step === 'storage-and-compute' || step === 'security' ? run.region : undefined;
}

function cancel(run: Run, forward: CancellationScope, request: CancelRequest): { accepted: true } {
  log.info('Cancel requested', { requestedBy: request.requestedBy });
  run.cancelRequested = true;
  forward.cancel();
  return { accepted: true };
}

function refuseCancel(run: Run): void {
  if (run.pivoting || !mayDo(run.status, 'cancel'))
    throw runFailure('StateConflict', `The operation is ${run.status}: it can no longer be cancelled.`);
}

/** For what must never fail a run. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('Given up; the run goes on without it', { error: String(error) });
  }
}
