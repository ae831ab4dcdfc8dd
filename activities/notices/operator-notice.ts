import { isAmendable } from '../../contract/orders/amendable';
import { adviceFor } from '../../contract/operations/advice-for';
import { FAILURE_GUIDE } from '../../contract/operations/failure-guide';
import { isFailureType } from '../../contract/operations/failures';
import type { Leftover } from '../../contract/operations/messages';
import { rulesOf, stepRule, stepsOf, type OperationKind } from '../../contract/operations/kinds';
import { hasEnded, type OperationStatus } from '../../contract/operations/states';
import type { Step } from '../../contract/operations/steps';
import { runInWebUi } from '../../contract/temporal/web-ui';
import { listResources, type LedgerRow } from '../../registry/ledger/ledger';
import { listUndelivered } from '../../registry/operations/mails';
import { listTaken, type LeftoverName } from '../../registry/operations/resolutions';
import { readSteps, type OperationRow } from '../../registry/views/operations';
import { findTemplate } from '../../registry/operations/operations';
import type { StepView } from '../../registry/views/steps';
import { recoveryOf } from '../../templates/recovery';
import { operationPath, pageOf } from '../../providers/mail/calls';
import type { HeldResource, OperatorNotice as Content } from '../../providers/mail/contents/operator-mail';
import { decisionsOf } from './possible-decisions';
import type { MailDependencies } from '../dependencies';
import type { OperatorNotice } from '../operations/interface';
import { listLeftovers } from '../operations/leftovers';

/** Composes the operators' mail from what registry and ledger say now. */
export async function composeNotice(
  { pool, settings }: Pick<MailDependencies, 'pool' | 'settings'>,
  subject: OperationRow,
  notice: OperatorNotice,
  turn: string,
): Promise<Content> {
  const { tenantId, holdUntil } = subject;
  const { operationId, failure, status } = notice;
  const pastPivot = isPastPivot(subject.kind, failure.step);
  const [ledger, taken, leftovers, steps, template, undelivered] = await Promise.all([
    listResources(pool, tenantId),
    listTaken(pool, operationId),
    // A removal works on what other operations made, so only its run knows what is left.
    pastPivot ? subject.leftovers : listLeftovers(pool, operationId),
    readSteps(pool, subject),
    findTemplate(pool, operationId),
    listUndelivered(pool, [operationId]),
  ]);
  const { skippable } = recoveryOf(template!);
  const { pointer } = failure;
  const amendable = pointer !== undefined && isAmendable(pointer, { steps, resources: ledger });
  const decisions = decisionsOf({
    kind: subject.kind,
    status,
    pastPivot,
    pointer: amendable ? pointer : undefined,
    skippable: failedSteps(steps, failure.step).every((step) => skippable.includes(step)),
    leftovers,
  });
  return {
    operationId,
    kind: subject.kind,
    tenantId,
    status,
    pastPivot,
    step: stepRule(subject.kind, failure.step).label,
    failure,
    turn,
    ...(isFailureType(failure.type)
      ? {
          action: adviceFor(
            status,
            FAILURE_GUIDE[failure.type].action,
            decisions.map(({ body }) => body.verb),
          ),
        }
      : {}),
    ...(status === 'on_hold'
      ? { attempts: steps.find(({ id }) => id === failure.step)?.attempts, holdUntil: holdUntil ?? undefined }
      : {}),
    resources: resourcesOf(subject, status, {
      ledger,
      leftovers,
      accepted: taken.flatMap((each) => each.leftovers ?? []),
    }),
    customerNotTold: hasEnded(status) && undelivered.some(({ purpose }) => purpose === 'not-set-up'),
    decisions,
    apiUrl: settings.publicUrl,
    links: linksTo(operationId, settings),
  };
}

/** Tells one notice about an operation from the next. The count alone is not enough: a run that replaces a lost one restarts it. */
export function turnOf({ updatedAt }: OperationRow, { occurrence }: OperatorNotice): string {
  return `${occurrence}-${updatedAt.getTime().toString(36)}`;
}

/** The reported step and those that failed beside it. One still marked as running has failed, too: no step runs while the run waits. */
function failedSteps(steps: StepView[], reported: Step): Step[] {
  const failed = steps.filter(({ state }) => state === 'failed' || state === 'running').map(({ id }) => id);
  return [...new Set([reported, ...failed])];
}

/** Whether a step comes after the pivot of its kind. The pivot itself does not: what fails there is undone. */
function isPastPivot(kind: OperationKind, step: Step): boolean {
  const steps = stepsOf(kind);
  return steps.indexOf(step) > steps.indexOf(rulesOf(kind).pivot.step);
}

interface Known {
  ledger: LedgerRow[];
  leftovers: Leftover[];
  /** Named in the decisions to accept that operators have taken. */
  accepted: LeftoverName[];
}

function resourcesOf(
  { kind }: OperationRow,
  status: OperationStatus,
  { ledger, leftovers, accepted }: Known,
): HeldResource[] {
  switch (status) {
    case 'on_hold':
      return kind === 'provision' ? ledger.flatMap(asMade) : ledger.flatMap(asChanged);
    case 'needs_operator':
      return leftovers.map(({ lastError, ...resource }) => ({ ...resource, note: lastError }));
    case 'active':
      return [];
    default:
      return ledger
        .filter((row) => row.state === 'accepted' || accepted.some((name) => names(name, row)))
        .map((row) => asHeld(row));
  }
}

/** The row as one that the operation has made, or may have. */
function asMade(row: LedgerRow): HeldResource[] {
  if (row.state === 'present') return [asHeld(row)];
  return row.state === 'intended' ? [asHeld(row, 'begun, so it may exist')] : [];
}

/** The row as one that the operation has changed, or may have. A tenant has one open operation, so no other has changed it. */
function asChanged(row: LedgerRow): HeldResource[] {
  const { state, settings, settingsBefore } = row;
  if (settingsBefore === null) return [];
  const change = `${settings.access}, before ${settingsBefore.access}`;
  return [asHeld(row, state === 'changing' ? `${change}; begun, so it may be either` : change)];
}

function names({ kind, id }: LeftoverName, row: LedgerRow): boolean {
  return kind === row.kind && id === (row.externalId ?? row.name);
}

function asHeld({ kind, provider, region, externalId, name }: LedgerRow, note?: string): HeldResource {
  return { kind, provider, region, id: externalId ?? name, ...(note === undefined ? {} : { note }) };
}

function linksTo(operationId: string, settings: MailDependencies['settings']): Content['links'] {
  const { publicUrl, temporalUiUrl, temporalNamespace } = settings;
  return [
    { label: 'Operation', url: pageOf(publicUrl, operationPath(operationId)) },
    ...(temporalUiUrl === undefined
      ? []
      : [
          {
            label: 'Run in the Temporal Web UI',
            url: runInWebUi({ url: temporalUiUrl, namespace: temporalNamespace }, operationId),
          },
        ]),
  ];
}
