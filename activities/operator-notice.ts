import { isAmendable } from '../contract/amendable';
import { FAILURE_GUIDE } from '../contract/failure-guide';
import { isFailureType } from '../contract/failures';
import { operationWorkflowId, type Leftover } from '../contract/messages';
import { STATE_TABLE, type OperationStatus } from '../contract/states';
import { STEP_LABELS, type Step } from '../contract/steps';
import { listResources, type LedgerRow } from '../registry/ledger';
import { listUndelivered } from '../registry/mails';
import { readSteps, type OperationRow } from '../registry/operation-views';
import { findTemplate } from '../registry/operations';
import type { StepView } from '../registry/step-views';
import { recoveryOf } from '../templates/recovery';
import { operationPath, pageOf } from './adapters/mail/calls';
import type { HeldResource, OperatorNotice as Content } from './adapters/mail/operator-mail';
import { adviceFor, decisionsOf } from './decisions';
import type { ActivitySettings, Dependencies } from './dependencies';
import type { OperatorNotice } from './interface';
import { listLeftovers } from './leftovers';

/** Everything the operators' mail says, as registry and ledger have it now. */
export async function composeNotice(
  { pool, settings }: Pick<Dependencies, 'pool' | 'settings'>,
  subject: OperationRow,
  notice: OperatorNotice,
  turn: string,
): Promise<Content> {
  const { tenantId, holdUntil } = subject;
  const { operationId, failure, status } = notice;
  const [ledger, leftovers, steps, template, undelivered] = await Promise.all([
    listResources(pool, tenantId),
    listLeftovers(pool, operationId),
    readSteps(pool, subject),
    findTemplate(pool, operationId),
    listUndelivered(pool, [operationId]),
  ]);
  const { skippable } = recoveryOf(template!);
  const { pointer } = failure;
  const amendable = pointer !== undefined && isAmendable(pointer, { steps, resources: ledger });
  const decisions = decisionsOf({
    status,
    pointer: amendable ? pointer : undefined,
    skippable: failedSteps(steps, failure.step).every((step) => skippable.includes(step)),
    leftovers,
  });
  return {
    operationId,
    tenantId,
    status,
    step: STEP_LABELS[failure.step],
    failure,
    turn,
    ...(isFailureType(failure.type)
      ? { action: adviceFor(status, FAILURE_GUIDE[failure.type].action, decisions) }
      : {}),
    ...(status === 'on_hold'
      ? { attempts: steps.find(({ id }) => id === failure.step)?.attempts, holdUntil: holdUntil ?? undefined }
      : {}),
    resources: resourcesOf(status, ledger, leftovers),
    customerNotTold: STATE_TABLE[status].end && undelivered.some(({ purpose }) => purpose === 'not-set-up'),
    decisions,
    apiUrl: settings.publicUrl,
    links: linksTo(operationId, settings),
  };
}

/** The count alone would not do: a run that takes over from a lost one begins it anew. */
export function turnOf({ updatedAt }: OperationRow, { occurrence }: OperatorNotice): string {
  return `${occurrence}-${updatedAt.getTime().toString(36)}`;
}

/** The step that is reported and those that failed beside it: nothing runs while a run waits for an operator. */
function failedSteps(steps: StepView[], reported: Step): Step[] {
  const failed = steps.filter(({ state }) => state === 'failed' || state === 'running').map(({ id }) => id);
  return [...new Set([reported, ...failed])];
}

function resourcesOf(status: OperationStatus, ledger: LedgerRow[], leftovers: Leftover[]): HeldResource[] {
  switch (status) {
    case 'on_hold':
      return ledger
        .filter(({ state }) => state === 'intended' || state === 'present')
        .map((row) => ({ ...asHeld(row), ...(row.state === 'intended' ? { note: 'begun; it may exist' } : {}) }));
    case 'needs_operator':
      return leftovers.map(({ lastError, ...resource }) => ({ ...resource, note: lastError }));
    case 'active':
      return [];
    default:
      return ledger.filter(({ state }) => state === 'accepted').map(asHeld);
  }
}

function asHeld({ kind, provider, region, externalId, name }: LedgerRow): HeldResource {
  return { kind, provider, region, id: externalId ?? name };
}

function linksTo(operationId: string, settings: ActivitySettings): Content['links'] {
  const { publicUrl, temporalUiUrl, temporalNamespace } = settings;
  const workflow = encodeURIComponent(operationWorkflowId(operationId));
  return [
    { label: 'Operation', url: pageOf(publicUrl, operationPath(operationId)) },
    ...(temporalUiUrl === undefined
      ? []
      : [
          {
            label: 'Run in the Temporal Web UI',
            url: `${temporalUiUrl}/namespaces/${temporalNamespace}/workflows/${workflow}`,
          },
        ]),
  ];
}
