import {
  CancellationScope,
  defineQuery,
  defineUpdate,
  isCancellation,
  log,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import {
  CANCEL_UPDATE,
  PROGRESS_QUERY,
  type CancelRequest,
  type OperationFailure,
  type Progress,
  type ProvisionTenantInput,
} from '../contract/messages';
import { mayDo } from '../contract/states';
import { MAKES_NOTHING, STEPS, type Step } from '../contract/steps';
import { mailActivities, certainActivities, forwardActivities, recordActivities } from './activities';
import { awaitApproval, collectApprovals } from './approval';
import { exportHead } from './audit';
import { firstBackup } from './backup';
import { compensate } from './compensate';
import { describeFailure, finalFailure, runFailure } from './failures';
import { level } from './level';
import { attempt, tellOperators } from './notices';
import {
  aBoolean,
  anObject,
  aText,
  between,
  fieldsOf,
  inputOf,
  listOf,
  malformed,
  oneOf,
  OPERATION_ID,
  optional,
  TENANT_ID,
} from './received';
import { takeResolutions } from './resolutions';
import { Run } from './run';
import { settleAll } from './saga';

/** Where the run stands; synchronous and without secrets. */
export const progressQuery = defineQuery<Progress>(PROGRESS_QUERY);

/** Asks the run to turn round; refused once that is no longer possible. */
export const cancelUpdate = defineUpdate<{ accepted: true }, [CancelRequest]>(CANCEL_UPDATE);

const TEN_YEARS = 315_360_000;
const SECONDS = between(0, TEN_YEARS);

/**
 * Provisions one tenant: fully there, or fully gone, or with its leftovers in an operator's hands. Ends as completed when the tenant is
 * active, and as failed with the original cause when everything was undone.
 */
export async function provisionTenant(input: ProvisionTenantInput): Promise<{ tenantId: string; status: 'active' }> {
  const run = new Run(checked(input));
  const approvals = collectApprovals();
  const forward = new CancellationScope();
  setHandler(progressQuery, () => run.progress(), { description: 'Status, steps, approval, failure and leftovers.' });
  setHandler(cancelUpdate, (request: CancelRequest) => cancel(run, forward, request), {
    validator: (request: CancelRequest) => refuseCancel(run, request),
    description: 'Turn round and undo everything; refused after the pivot.',
  });
  takeResolutions(run);
  // The registry made the tenant's key when it took the order: that much exists already.
  run.saga.add('reserve');
  run.show();

  try {
    if (input.resume) resume(run);
    else {
      await forward.run(() => provision(run, approvals));
      await CancellationScope.nonCancellable(() => finalize(run));
    }
  } catch (error) {
    run.failure ??= describeFailure(error, 'validate');
    await CancellationScope.nonCancellable(() => compensate(run, error));
    if (isCancellation(error) && !run.cancelRequested) throw error;
    throw finalFailure(run.failure);
  }
  await CancellationScope.nonCancellable(() => handOver(run));
  await exportHead(run);
  return { tenantId: input.tenantId, status: 'active' };
}

/** The input, which may have been written by hand. */
function checked(input: ProvisionTenantInput): ProvisionTenantInput {
  return inputOf(input, {
    operationId: OPERATION_ID,
    tenantId: TENANT_ID,
    plan: aText,
    approvalDeadlineSeconds: SECONDS,
    retry: anObject({
      maximumAttempts: between(1, 1000),
      initialIntervalSeconds: between(0.001, TEN_YEARS),
      backoffCoefficient: between(1, 100),
      maximumIntervalSeconds: between(0.001, TEN_YEARS),
    }),
    compensationSeconds: between(0.001, TEN_YEARS),
    acceptUnverifiedApproval: aBoolean,
    recovery: optional(
      anObject({
        onPermanentFailure: oneOf(['compensate', 'hold']),
        holdSeconds: SECONDS,
        skippable: listOf(oneOf(STEPS)),
      }),
    ),
    resume: optional(anObject({ as: oneOf(['compensate', 'hand-over']), skipped: optional(listOf(oneOf(STEPS))) })),
  });
}

/** Steps 1 to 9, level by level. */
async function provision(run: Run, approvals: ReturnType<typeof collectApprovals>): Promise<void> {
  const { input } = run;
  const { operationId } = input;
  const at = (step: Step, region?: string) => forwardActivities(input, step, region);
  let approvalsRequired: string[] = [];
  const validate = async (): Promise<void> => {
    const validated = await at('validate').validateOrder({ operationId, step: 'validate' });
    run.region = validated.region;
    run.followResidency(validated.residency);
    run.ownKey = validated.ownKey ?? false;
    approvalsRequired = validated.approvalsRequired;
  };

  run.status = 'validating';
  await level(run, { validate });

  if (approvalsRequired.length > 0) {
    await waitForApprover(run, approvals);
    run.status = 'provisioning';
    // What was free before the approver thought about it may be taken now.
    await level(run, { validate });
  }

  run.status = 'provisioning';
  const region = run.region!;
  await level(run, {
    reserve: async () => {
      await at('reserve').reserveResources({ operationId, step: 'reserve', region });
      if (run.ownKey) await at('reserve', region).provisionOwnKey({ operationId, step: 'reserve' });
    },
  });

  await level(run, {
    database: () => at('database', region).provisionDatabase({ operationId, step: 'database' }),
    'storage-and-compute': () =>
      at('storage-and-compute', region).provisionStorageAndCompute({ operationId, step: 'storage-and-compute' }),
    configuration: () => at('configuration').configureApplication({ operationId, step: 'configuration' }),
  });

  await level(run, {
    security: () => at('security', region).configureSecurity({ operationId, step: 'security' }),
    identity: () => at('identity').createOrganization({ operationId, step: 'identity' }),
    integrations: () => at('integrations').setUpIntegrations({ operationId, step: 'integrations' }),
  });

  await level(run, {
    verify: () =>
      settleAll([
        at('verify', region).verifyRegion({ operationId, step: 'verify' }),
        at('verify').verifyGlobal({ operationId, step: 'verify' }),
      ]),
  });
}

async function waitForApprover(run: Run, approvals: ReturnType<typeof collectApprovals>): Promise<void> {
  const { operationId, approvalDeadlineSeconds } = run.input;
  const deadline = Date.now() + approvalDeadlineSeconds * 1000;
  run.approval = 'waiting';
  run.enter('awaiting_approval');
  await recordActivities().recordProgress({
    operationId,
    status: 'awaiting_approval',
    approvalState: 'waiting',
    approvalDeadline: new Date(deadline).toISOString(),
  });
  void attempt(() => mailActivities('Ask the approvers').notifyApprovers({ operationId }));
  await awaitApproval(run, approvals, deadline);
}

/** Step 10. The registry's compare-and-set is the pivot: it is asked until it answers. */
async function finalize(run: Run): Promise<void> {
  if (run.cancelRequested) throw runFailure('Cancelled', 'Cancelled before the tenant was activated.');
  run.pivoting = true;
  await run.step('finalize', async () => {
    const { answer } = await certainActivities('Finalize: the pivot').activateTenant({
      operationId: run.input.operationId,
      step: 'finalize',
      steps: run.report().map((step) => (step.id === 'finalize' ? { ...step, state: 'done' } : step)),
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
    attempt(() => mailActivities('Welcome the first admin').sendWelcome({ operationId, step: 'finalize' })),
    // Asked for, not waited for: it has a workflow of its own.
    attempt(() => firstBackup().requestFirstBackup({ operationId })),
  ]);
}

/** A first charge that is declined, or a subscription that cannot be activated, never takes a tenant away: people are told. */
async function charge(run: Run): Promise<void> {
  const { operationId } = run.input;
  if (run.hasSkipped('integrations')) return;
  const failure = await activateSubscription(operationId);
  if (failure) await tellOperators(run, failure);
}

/** How long to wait before a refused activation is asked for again: a key that is being replaced, for instance, is refused for a moment. */
const ACTIVATION_PAUSES = ['5s', '15s', '40s'] as const;

/** What went wrong, if anything. Only a failure that repetition has not mended comes back. */
async function activateSubscription(
  operationId: string,
  pauses: (typeof ACTIVATION_PAUSES)[number][] = [...ACTIVATION_PAUSES],
): Promise<OperationFailure | undefined> {
  const activities = certainActivities('Activate the subscription');
  try {
    const { billing } = await activities.activateSubscription({ operationId, step: 'finalize' });
    if (billing === 'active') return undefined;
    const message = 'The first charge was declined; billing is past due and the tenant stays active.';
    return { type: 'PaymentMethodDeclined', message, step: 'finalize' };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const [pause, ...later] = pauses;
    if (pause !== undefined) {
      await sleep(pause);
      return activateSubscription(operationId, later);
    }
    const { type, message, step } = describeFailure(error, 'finalize');
    log.error('The subscription was not activated; the tenant stays active', { type });
    const what =
      'The subscription was not activated and the tenant stays active: end its trial at the payment provider';
    return { type, message: `${what}. ${message}`, step };
  }
}

/** An earlier run of the operation is gone: what it had not finished after the pivot is, and before it everything is undone. */
function resume(run: Run): void {
  const { as, failure, skipped = [] } = run.input.resume!;
  if (as === 'hand-over') {
    for (const step of skipped) run.mark(step, 'skipped');
    run.pivoting = true;
    run.enter('active');
    return;
  }
  for (const step of STEPS) if (!MAKES_NOTHING.includes(step)) run.saga.add(step);
  run.failure = failure;
  throw runFailure('RunLost', 'The run was terminated, or its history is gone; what it had made is undone.');
}

function cancel(run: Run, forward: CancellationScope, request: CancelRequest): { accepted: true } {
  const { requestedBy } = fieldsOf('The request', request);
  log.info('Cancel requested', { requestedBy });
  run.cancelRequested = true;
  forward.cancel();
  return { accepted: true };
}

function refuseCancel(run: Run, request: unknown): void {
  const { requestedBy } = fieldsOf('cancel', request);
  if (!optional(aText)(requestedBy)) throw malformed('cancel: requestedBy must be a text.');
  if (run.pivoting || !mayDo(run.status, 'cancel'))
    throw runFailure('StateConflict', `The operation is ${run.status}: it can no longer be cancelled.`);
}
