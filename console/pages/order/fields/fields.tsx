import type { Plan } from '../../../../clients/typescript/src/types';
import { Choice, TextField } from '../../../parts/forms/field';
import { durationText } from '../../../../contract/estimates/words';
import { HOLD_HOURS } from '../../../../contract/operations/messages';
import { FIELDS, ON_FAILURE } from '../names';
import type { PartProps } from './part-props';
import { useRegions, type Region } from '../places';
import { TestCards } from './test-cards';

/** Names of the tenant. */
export function TenantFields({ draft, change, errorAt }: PartProps) {
  return (
    <div className="grid">
      <TextField
        label={FIELDS.tenantName[1]}
        hint="Short: the first label of its host name."
        value={draft.tenantName}
        error={errorAt(FIELDS.tenantName[0])}
        onChange={(event) => change({ tenantName: event.target.value })}
        autoComplete="off"
        spellCheck={false}
        required
      />
      <TextField
        label={FIELDS.organizationName[1]}
        value={draft.organizationName}
        error={errorAt(FIELDS.organizationName[0])}
        onChange={(event) => change({ organizationName: event.target.value })}
        required
      />
      <TextField
        label={FIELDS.customDomain[1]}
        hint="Optional: a public host name of the customer."
        value={draft.customDomain}
        error={errorAt(FIELDS.customDomain[0])}
        onChange={(event) => change({ customDomain: event.target.value })}
        autoComplete="off"
        spellCheck={false}
      />
    </div>
  );
}

/** The person who gets the invitation. */
export function AdminFields({ draft, change, errorAt }: PartProps) {
  return (
    <div className="grid">
      <TextField
        label={FIELDS.firstName[1]}
        value={draft.firstName}
        error={errorAt(FIELDS.firstName[0])}
        onChange={(event) => change({ firstName: event.target.value })}
        autoComplete="off"
        required
      />
      <TextField
        label={FIELDS.lastName[1]}
        hint="Empty for a person with a single name."
        value={draft.lastName}
        error={errorAt(FIELDS.lastName[0])}
        onChange={(event) => change({ lastName: event.target.value })}
        autoComplete="off"
      />
      <TextField
        label={FIELDS.email[1]}
        type="email"
        hint="The invitation goes there."
        value={draft.email}
        error={errorAt(FIELDS.email[0])}
        onChange={(event) => change({ email: event.target.value })}
        autoComplete="off"
        required
      />
      <TextField
        label={FIELDS.role[1]}
        value={draft.role}
        error={errorAt(FIELDS.role[0])}
        onChange={(event) => change({ role: event.target.value })}
        autoComplete="off"
        required
      />
      <TextField
        label={FIELDS.contact[1]}
        type="email"
        hint="Optional. Gets the mails that the plan sends to a contact, never credentials."
        value={draft.contact}
        error={errorAt(FIELDS.contact[0])}
        onChange={(event) => change({ contact: event.target.value })}
        autoComplete="off"
      />
    </div>
  );
}

/** How the customer pays. */
export function BillingFields({ draft, change, errorAt }: PartProps) {
  return (
    <div className="grid">
      <Choice
        label={FIELDS.billingCycle[1]}
        value={draft.billingCycle}
        error={errorAt(FIELDS.billingCycle[0])}
        onChange={(event) => change({ billingCycle: event.target.value as 'monthly' | 'yearly' })}
      >
        <option value="monthly">Monthly</option>
        <option value="yearly">Yearly</option>
      </Choice>
      <TextField
        label={FIELDS.paymentMethod[1]}
        hint="Id at the billing provider: pm_… Without one, the first invoice cannot be charged."
        value={draft.paymentMethod}
        error={errorAt(FIELDS.paymentMethod[0])}
        onChange={(event) => change({ paymentMethod: event.target.value })}
        autoComplete="off"
        spellCheck={false}
      />
      <TestCards chosen={draft.paymentMethod} onChoose={(paymentMethod) => change({ paymentMethod })} />
    </div>
  );
}

/** What happens if a step fails permanently; of a plan that leaves no choice, what it does. */
export function RecoveryFields({ draft, template: { recovery }, change, errorAt }: PartProps) {
  const planned = recovery.onPermanentFailure ?? 'compensate';
  const hold = `Until an operator corrects the cause or has everything undone, everything made stays, for ${durationText((recovery.holdForHours ?? HOLD_HOURS) * 3600)} at most; then everything is undone.`;
  if (!recovery.orderMayChoose)
    return (
      <p className="hint">
        {ON_FAILURE[planned]}, as the plan says; its orders cannot choose. {planned === 'hold' && hold}
      </p>
    );
  return (
    <div className="grid">
      <Choice
        label={FIELDS.onFailure[1]}
        hint={`Undo everything: what was made is removed, the name is free again, and the order can be placed again. Wait for an operator: ${hold}`}
        value={draft.onFailure}
        error={errorAt(FIELDS.onFailure[0])}
        onChange={(event) => change({ onFailure: event.target.value as '' | 'compensate' | 'hold' })}
      >
        <option value="">As the plan says: {ON_FAILURE[planned]}</option>
        <option value="compensate">{ON_FAILURE.compensate}</option>
        <option value="hold">{ON_FAILURE.hold}</option>
      </Choice>
    </div>
  );
}

/** Where the tenant is, and what its data must not do. */
export function PlacementFields({ draft, change, errorAt }: PartProps) {
  const regions = useRegions() ?? [];
  const serving = regions.filter(({ region, plans }) => region === draft.region || roomFor(plans, draft.plan) !== 'no');
  return (
    <div className="grid">
      <Choice
        label={FIELDS.region[1]}
        value={draft.region}
        error={errorAt(FIELDS.region[0])}
        onChange={(event) => change({ region: event.target.value })}
      >
        <option value="">The first that is suitable</option>
        {serving.map(({ region, jurisdiction, plans }) => (
          <option key={region} value={region}>
            {`${region} (${jurisdiction})${ROOM[roomFor(plans, draft.plan)]}`}
          </option>
        ))}
      </Choice>
      <Choice
        label={FIELDS.dataResidency[1]}
        value={draft.dataResidency}
        error={errorAt(FIELDS.dataResidency[0])}
        onChange={(event) => change({ dataResidency: event.target.value })}
      >
        <option value="">Nothing required</option>
        {[...new Set(regions.flatMap(({ region, jurisdiction }) => [jurisdiction, region]))].map((place) => (
          <option key={place} value={place}>
            {place}
          </option>
        ))}
      </Choice>
      <Choice
        label={FIELDS.encryption[1]}
        value={draft.encryption}
        error={errorAt(FIELDS.encryption[0])}
        onChange={(event) => change({ encryption: event.target.value as Draft })}
      >
        <option value="">As the plan says</option>
        <option value="standard">Standard</option>
        <option value="enhanced">Enhanced: a key of its own in the region</option>
      </Choice>
      {(draft.dataResidency !== '' || draft.encryption !== '') && (
        <TextField
          label={FIELDS.retentionDays[1]}
          unit="days"
          type="number"
          min={1}
          value={draft.retentionDays}
          error={errorAt(FIELDS.retentionDays[0])}
          onChange={(event) => change({ retentionDays: event.target.value })}
        />
      )}
    </div>
  );
}

/** How much room a region has for a plan; `no` if it does not serve the plan. */
function roomFor(plans: Region['plans'], plan: Plan): keyof typeof ROOM {
  return plans.find((each) => each.plan === plan)?.room ?? 'no';
}

const ROOM = { no: ', not for this plan', plenty: '', little: ', little room', none: ', no room' } as const;

type Draft = PartProps['draft']['encryption'];
