import { useEffect, useState } from 'react';
import type { Operation } from '../../../../clients/typescript/src/types';
import { FAILURES, isFailureType } from '../../../../contract/operations/failures';
import { api } from '../../../api/client';
import { rolesFor, type RouteName } from '../../../api/access';
import { useMayCall, useSession } from '../../../api/session';
import { Time } from '../../../parts/time';
import { VerbButton, type Verb } from '../../../parts/forms/verb';
import { quantityLabel, quantityText } from '../../order/quantity-names';
import { AmendFields, patchFrom } from './amend';
import { verbWords } from './verb-words';
import { LeftoverChoices, chosenLeftovers } from '../leftovers';

type Resolution = 'retry' | 'compensate' | 'amend' | 'skip' | 'accept';

/** Verbs with a route of their own; all others are resolutions. */
const ROUTES: Record<string, RouteName> = {
  approve: 'decideApproval',
  reject: 'decideApproval',
  cancel: 'cancelOperation',
};

/** The verbs that are possible now and that the person's roles allow. Each asks in a dialog. */
export function Verbs({ operation }: { operation: Operation }) {
  const { possible, others, isOwn } = useVerbs(operation);
  const [taken, setTaken] = useState<{ label: string; from: string }>();
  const { status, leftovers, hold } = operation;
  const state = `${status} ${leftovers.length} ${hold?.until ?? ''}`;
  // A run that takes a decision up moves on at once; if it does not within this time, the person may have to decide again.
  useEffect(() => {
    const timer = taken && setTimeout(() => setTaken(undefined), TAKEN_MS);
    return () => clearTimeout(timer);
  }, [taken]);
  if (taken?.from === state)
    return (
      <p className="muted" role="status">
        “{taken.label}” was accepted. This page changes as soon as the operation goes on.
      </p>
    );
  return (
    <>
      {others.length > 0 && <p className="muted verbs-note">{askedInstead(others, isOwn)}</p>}
      {possible.map((verb) => {
        const made = verbOf(verb, operation);
        const onDone = (): void => setTaken({ label: made!.label, from: state });
        return made && <VerbButton key={verb} verb={{ ...made, onDone }} />;
      })}
    </>
  );
}

/** Milliseconds for which a decision that the API has accepted is acknowledged in place of the buttons. */
const TAKEN_MS = 15_000;

/** The verbs of an operation that this person may use now, and those that only others may. */
export function useVerbs(operation: Operation): { possible: string[]; others: string[]; isOwn: boolean } {
  const mayCall = useMayCall();
  const isOwn = operation.requestedBy === useSession().data?.user.id;
  // The API refuses a decision by the person who placed the order.
  const allowed = operation.verbs.filter(
    (verb) => mayCall(routeOf(verb)) && !(isOwn && routeOf(verb) === 'decideApproval'),
  );
  // On hold, a cancel comes to the same as the undo, which says more.
  const possible = allowed.filter((verb) => !(verb === 'cancel' && allowed.includes('compensate')));
  const others = operation.verbs.filter((verb) => !allowed.includes(verb));
  // Those that let the operation go on matter more than a cancel.
  const forward = others.filter((verb) => verb !== 'cancel');
  return { possible, others: forward.length > 0 || possible.length > 0 ? forward : others, isOwn };
}

/** Whom to ask for what one may not do. */
function askedInstead(verbs: readonly string[], isOwn: boolean): string {
  const roles = [...new Set(verbs.flatMap((verb) => rolesFor(routeOf(verb))))].join(' or ');
  const words = verbs.map(verbWords).join(' or ');
  return isOwn && verbs.includes('approve')
    ? `You placed this order: another person with the role ${roles} has to ${words} it.`
    : `To ${words}, ask a person with the role ${roles}. The page “Settings” says which groups have it.`;
}

function routeOf(verb: string): RouteName {
  return ROUTES[verb] ?? 'resolveOperation';
}

function verbOf(verb: string, operation: Operation): Verb | undefined {
  const path = { operationId: operation.operationId };
  const resolve = (name: Resolution, extra: (form: FormData) => object = () => ({})): Verb['run'] => {
    return ({ reason = '', form, idempotencyKey }) =>
      api.POST('/v1/operations/{operationId}/resolution', {
        params: { path, header: { 'Idempotency-Key': idempotencyKey } },
        // The schema has one form for each verb; the fields of this one come from its dialog.
        body: { verb: name, reason, ...extra(form) } as never,
      });
  };
  const decide = (decision: 'approve' | 'reject'): Verb['run'] => {
    return ({ reason }) =>
      api.POST('/v1/operations/{operationId}/approval', {
        params: { path },
        body: { decision, ...(reason !== undefined && { comment: reason }) },
      });
  };
  const failed = operation.steps.filter(({ state }) => state === 'failed').map(({ label }) => label);
  const steps = failed.length > 0 ? `“${failed.join('”, “')}”` : 'the failed steps';
  switch (verb) {
    case 'approve':
      return {
        label: 'Approve',
        tone: 'primary',
        title: `Approve the order of ${nameOf(operation)}?`,
        consequence: (
          <>
            <Requested operation={operation} />
            <p>The order goes on with these values. The decision stands and names you.</p>
          </>
        ),
        reason: 'optional',
        reasonLabel: 'Comment',
        run: decide('approve'),
      };
    case 'reject':
      return {
        label: 'Reject',
        tone: 'danger',
        title: `Reject the order of ${nameOf(operation)}?`,
        consequence: (
          <>
            <Requested operation={operation} />
            <p>
              The order ends, what it has reserved is released and its name is free again. The customer is told. The
              decision stands and names you.
            </p>
          </>
        ),
        reason: 'optional',
        reasonLabel: 'Comment',
        run: decide('reject'),
      };
    case 'cancel':
      return {
        label: 'Cancel operation',
        tone: 'danger',
        title: `Cancel this operation of ${nameOf(operation)}?`,
        action: 'Cancel the operation',
        consequence: <p>{cancellation(operation)}</p>,
        reason: 'optional',
        run: ({ reason }) =>
          api.POST('/v1/operations/{operationId}/cancel', {
            params: { path },
            body: reason === undefined ? {} : { reason },
          }),
      };
    case 'retry':
      return {
        label: 'Retry',
        ...(operation.failure?.pointer === undefined && { tone: 'primary' as const }),
        consequence:
          operation.status === 'needs_operator' ? (
            <p>The removal of what is left over is tried again. Correct first what the last errors name.</p>
          ) : (
            <p>{steps} runs again with the order as it is. Correct the cause first, or it fails again.</p>
          ),
        reason: 'optional',
        run: resolve('retry'),
      };
    case 'amend':
      return {
        label: 'Amend and retry',
        ...(operation.failure?.pointer !== undefined && { tone: 'primary' as const }),
        title: 'Amend the order and retry?',
        action: 'Amend and retry',
        consequence: (
          <p>The order is changed, then {steps} runs again. Everything that you do not name stays as it was ordered.</p>
        ),
        fields: (errors) => <AmendFields operation={operation} errors={errors} />,
        reason: 'optional',
        run: resolve('amend', (form) => ({ patch: patchFrom(form) })),
      };
    case 'skip':
      return {
        label: 'Skip',
        title: `Skip ${steps}?`,
        consequence: (
          <p>The tenant is made without what {steps} would have made. The tenant’s page says so from then on.</p>
        ),
        reason: 'required',
        run: resolve('skip'),
      };
    case 'compensate':
      return {
        label: 'Undo now',
        tone: 'danger',
        title: 'Undo everything now?',
        action: 'Undo everything',
        consequence: (
          <>
            <p>{cancellation(operation)}</p>
            {operation.hold && (
              <p>
                Without a decision, this happens by itself <Time at={operation.hold.until} as="relative" />.
              </p>
            )}
          </>
        ),
        reason: 'optional',
        run: resolve('compensate'),
      };
    case 'accept':
      return {
        label: 'Accept leftovers',
        tone: 'danger',
        title: 'Accept what is left over?',
        consequence: (
          <p>
            You take over removing the chosen resources by hand: nothing tries to remove them any more. Once nothing is
            left that nobody has accepted, the operation ends and the name is free again.
          </p>
        ),
        fields: <LeftoverChoices leftovers={operation.leftovers} />,
        reason: 'required',
        run: resolve('accept', (form) => ({ leftovers: chosenLeftovers(form) })),
      };
    default:
      return undefined;
  }
}

function cancellation({ kind, status }: Operation): string {
  if (kind === 'provision')
    return 'Everything that was made for the tenant is removed, in reverse order, and its name is free again. What cannot be removed within some minutes is named as left over and waits for an operator; until then the name stays taken.';
  if (kind === 'deprovision' && status === 'grace')
    return 'The removal is called off, and the tenant is open again as it was before.';
  return 'What the operation has changed is changed back: the tenant is then as it was before. What cannot be changed back within some minutes waits for an operator.';
}

function nameOf({ tenantName, tenantId }: Operation): string {
  return tenantName ?? tenantId;
}

function Requested({ operation: { approval, failure } }: { operation: Operation }) {
  return (
    <ul className="requested">
      {Object.entries(approval.requested ?? {}).map(([name, value]) => (
        <li key={name}>
          {quantityLabel(name)}: <strong>{quantityText(name, value)}</strong>
        </li>
      ))}
      {failure && isFailureType(failure.type) && <li>{FAILURES[failure.type].title}</li>}
    </ul>
  );
}
