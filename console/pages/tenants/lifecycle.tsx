import { useLocation } from 'wouter';
import type { Tenant } from '../../../clients/typescript/src/types';
import type { OperationHandle } from '../../../clients/typescript/src/operation-handle';
import { dataOf } from '../../../clients/typescript/src/client';
import { mayDo, rulesOf } from '../../../contract/operations/kinds';
import { REMOVAL_REASONS, SUSPENSION_REASONS, type SuspensionReason } from '../../../contract/tenants/reasons';
import { api, client } from '../../api/client';
import { useMayCall } from '../../api/session';
import { Check, Choice, TextArea } from '../../parts/forms/field';
import { isTicked, textOf } from '../../parts/forms/form-values';
import { VerbButton, type Verb } from '../../parts/forms/verb';
import { Id } from '../../parts/id';
import { WholeNumberField } from '../../parts/forms/whole-number';
import { countText } from '../../parts/quantities';
import { inWords } from '../../parts/state-badge';
import { ReconcileVerb } from '../billing/reconcile-verb';
import { HoldVerbs } from './legal-hold-verbs';
import { TrialVerbs } from './trial-verbs';

/** The lifecycle actions that are possible now and that the person's roles allow. */
export function Lifecycle({ tenant }: { tenant: Tenant }) {
  const mayCall = useMayCall();
  const [, navigate] = useLocation();
  const { verbs, openOperation } = tenant;
  const follow = (start: () => Promise<OperationHandle>) => async () => {
    const { operationId } = await start();
    navigate(`/operations/${operationId}`);
  };
  const change = { tenant, follow };
  return (
    <>
      {openOperation && mayDo(openOperation.kind, openOperation.status, 'cancel') && mayCall('cancelOperation') && (
        <VerbButton verb={cancel(tenant, openOperation)} />
      )}
      {verbs.includes('resume') && mayCall('resumeTenant') && <VerbButton verb={resume(change)} />}
      {verbs.includes('suspend') && mayCall('suspendTenant') && <VerbButton verb={suspend(change)} />}
      <ReconcileVerb tenant={tenant} />
      <TrialVerbs tenant={tenant} />
      <HoldVerbs tenant={tenant} />
      {verbs.includes('deprovision') && mayCall('deprovisionTenant') && <VerbButton verb={deprovision(change)} />}
    </>
  );
}

interface Change {
  tenant: Tenant;
  follow: (start: () => Promise<OperationHandle>) => () => Promise<void>;
}

const message = (
  <TextArea
    name="message"
    label="Message shown with the tenant"
    hint="Optional. Encrypted like the order, and not part of the audit trail."
    maxLength={1000}
  />
);

function suspend({ tenant: { tenantId, tenantName }, follow }: Change): Verb {
  return {
    label: 'Suspend',
    title: `Suspend ${tenantName}?`,
    tone: 'danger',
    consequence: (
      <>
        <p>
          Logins are refused and sessions ended, storage is closed, compute stops, billing is paused. Nothing is
          deleted, and backups go on.
        </p>
        <p>Resuming opens everything as it was. If something cannot be closed, all of it is opened again.</p>
      </>
    ),
    fields: (
      <>
        <Choice name="cause" label="Why" required defaultValue="">
          <Reasons reasons={SUSPENSION_REASONS} />
        </Choice>
        <Check name="readOnly" label="Keep the data readable where the provider supports it" />
        {message}
      </>
    ),
    run: ({ form, idempotencyKey }) =>
      follow(() =>
        client.suspend(
          tenantId,
          {
            reason: textOf(form, 'cause') as SuspensionReason,
            ...(isTicked(form, 'readOnly') && { readOnly: true }),
            ...messageOf(form),
          },
          { idempotencyKey },
        ),
      )(),
  };
}

function resume({ tenant: { tenantId, tenantName }, follow }: Change): Verb {
  return {
    label: 'Resume',
    title: `Resume ${tenantName}?`,
    tone: 'primary',
    consequence: (
      <p>
        Everything is opened as it was, tried from outside, and the checks of database, storage and compute are
        repeated. If one fails, everything is closed again.
      </p>
    ),
    fields: message,
    run: ({ form, idempotencyKey }) => follow(() => client.resume(tenantId, messageOf(form), { idempotencyKey }))(),
  };
}

function deprovision({ tenant: { tenantId, tenantName, legalHold, removal }, follow }: Change): Verb {
  const terms = removal ?? { graceDays: undefined, export: false };
  return {
    label: 'Deprovision',
    title: `Deprovision ${tenantName}?`,
    tone: 'danger',
    consequence: (
      <>
        <p>
          Everything is closed at once, the first admin is told, and after the days of grace everything the tenant has
          is deleted at every provider. <strong>That cannot be undone.</strong>
        </p>
        <p>
          Until the days of grace are over, cancelling the operation brings the tenant back as it is. With 0 days the
          deletion begins at once.
        </p>
        <p>
          Then the name no longer leads to the tenant. Its page and the certificate of the removal are found by its id
          only, so keep it: <Id id={tenantId} what="tenant id" />
        </p>
        {legalHold && <p>A legal hold stands: nothing is deleted before it has ended or is lifted.</p>}
      </>
    ),
    fields: (
      <>
        <Choice name="cause" label="Why" required defaultValue="">
          <Reasons reasons={REMOVAL_REASONS} />
        </Choice>
        <WholeNumberField
          name="graceDays"
          label="Days of grace"
          unit="days"
          min={0}
          max={365}
          placeholder={terms.graceDays?.toString()}
          hint={
            terms.graceDays === undefined
              ? '0 to 365. Empty: as the plan says.'
              : `0 to 365. Empty: ${countText(terms.graceDays, 'day')}, as the plan says.`
          }
        />
        {terms.export ? (
          <p className="hint">The plan has everything exported before.</p>
        ) : (
          <Check name="export" label="Export everything before" />
        )}
        <Check name="keepName" label="Keep the name from being ordered again" />
        {message}
      </>
    ),
    confirm: tenantName,
    run: ({ form, idempotencyKey }) =>
      follow(() => {
        const graceDays = textOf(form, 'graceDays');
        return client.deprovision(
          tenantId,
          {
            reason: textOf(form, 'cause') as SuspensionReason,
            ...(graceDays !== '' && { graceDays: Number(graceDays) }),
            ...(isTicked(form, 'export') && { export: true }),
            ...(isTicked(form, 'keepName') && { keepName: true }),
            ...messageOf(form),
          },
          { idempotencyKey },
        );
      })(),
  };
}

function cancel({ tenantName }: Tenant, { operationId, kind }: NonNullable<Tenant['openOperation']>): Verb {
  const title = rulesOf(kind).title.toLowerCase();
  return {
    label: `Cancel: ${title}`,
    title: `Cancel “${title}” of ${tenantName}?`,
    tone: 'danger',
    consequence: <p>What the operation has done is undone, and the tenant is as it was before it.</p>,
    reason: 'optional',
    run: ({ reason }) =>
      dataOf(
        api.POST('/v1/operations/{operationId}/cancel', {
          params: { path: { operationId } },
          body: reason === undefined ? {} : { reason },
        }),
      ),
  };
}

function Reasons({ reasons }: { reasons: readonly string[] }) {
  return (
    <>
      <option value="" disabled>
        Choose…
      </option>
      {reasons.map((reason) => (
        <option key={reason} value={reason}>
          {inWords(reason)}
        </option>
      ))}
    </>
  );
}

function messageOf(form: FormData): { message?: string } {
  const text = textOf(form, 'message');
  return text === '' ? {} : { message: text };
}
