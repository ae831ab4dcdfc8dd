import { Choice, TextField } from '../../parts/field';
import type { PartProps } from './order';
import { useRegions } from './templates';

/** Names of the tenant. */
export function TenantFields({ draft, change, errorAt }: PartProps) {
  return (
    <div className="grid">
      <TextField
        label="Tenant name"
        hint="Short: the first label of its host name."
        value={draft.tenantName}
        error={errorAt('/tenantName')}
        onChange={(event) => change({ tenantName: event.target.value })}
        autoComplete="off"
        spellCheck={false}
        required
      />
      <TextField
        label="Organization"
        value={draft.organizationName}
        error={errorAt('/organizationName')}
        onChange={(event) => change({ organizationName: event.target.value })}
        required
      />
      <TextField
        label="Custom domain"
        hint="Optional: a public host name of the customer."
        value={draft.customDomain}
        error={errorAt('/configuration/customDomain')}
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
        label="First name"
        value={draft.firstName}
        error={errorAt('/adminUser/firstName')}
        onChange={(event) => change({ firstName: event.target.value })}
        autoComplete="off"
        required
      />
      <TextField
        label="Last name"
        hint="Empty for a person with a single name."
        value={draft.lastName}
        error={errorAt('/adminUser/lastName')}
        onChange={(event) => change({ lastName: event.target.value })}
        autoComplete="off"
      />
      <TextField
        label="E-mail"
        type="email"
        hint="The invitation goes there."
        value={draft.email}
        error={errorAt('/adminUser/email')}
        onChange={(event) => change({ email: event.target.value })}
        autoComplete="off"
        required
      />
      <TextField
        label="Title in the application"
        value={draft.role}
        error={errorAt('/adminUser/role')}
        onChange={(event) => change({ role: event.target.value })}
        autoComplete="off"
        required
      />
      <TextField
        label="Another contact"
        type="email"
        hint="Optional. Gets the mails that the plan sends to a contact, never credentials."
        value={draft.contact}
        error={errorAt('/contact/email')}
        onChange={(event) => change({ contact: event.target.value })}
        autoComplete="off"
      />
    </div>
  );
}

/** How the customer pays. */
export function BillingFields({ draft, template, change, errorAt }: PartProps) {
  return (
    <div className="grid">
      <Choice
        label="Billing cycle"
        value={draft.billingCycle}
        error={errorAt('/subscription/billingCycle')}
        onChange={(event) => change({ billingCycle: event.target.value as 'monthly' | 'yearly' })}
      >
        <option value="monthly">Monthly</option>
        <option value="yearly">Yearly</option>
      </Choice>
      <TextField
        label="Payment method"
        hint="Id at the billing provider: pm_…"
        value={draft.paymentMethod}
        error={errorAt('/paymentMethod')}
        onChange={(event) => change({ paymentMethod: event.target.value })}
        autoComplete="off"
        spellCheck={false}
      />
      {template.recovery.orderMayChoose && (
        <Choice
          label="If a step fails for good"
          value={draft.onFailure}
          error={errorAt('/recovery')}
          onChange={(event) => change({ onFailure: event.target.value as '' | 'compensate' | 'hold' })}
        >
          <option value="">As the plan says ({template.recovery.onPermanentFailure ?? 'compensate'})</option>
          <option value="compensate">Undo everything</option>
          <option value="hold">Wait for an operator</option>
        </Choice>
      )}
    </div>
  );
}

/** Where the tenant is, and what its data must not do. */
export function PlacementFields({ draft, change, errorAt }: PartProps) {
  const regions = useRegions() ?? [];
  const roomIn = (plans: (typeof regions)[number]['plans']): string => {
    const room = plans.find(({ plan }) => plan === draft.plan)?.room;
    return room === undefined ? 'not this plan' : room === 'plenty' ? '' : `${room === 'none' ? 'no' : 'little'} room`;
  };
  return (
    <div className="grid">
      <Choice
        label="Region"
        value={draft.region}
        error={errorAt('/region')}
        onChange={(event) => change({ region: event.target.value })}
      >
        <option value="">The first that is suitable</option>
        {regions.map(({ region, jurisdiction, plans }) => (
          <option key={region} value={region}>
            {[`${region} (${jurisdiction})`, roomIn(plans)].filter((text) => text !== '').join(', ')}
          </option>
        ))}
      </Choice>
      <Choice
        label="Data must stay in"
        value={draft.dataResidency}
        error={errorAt('/compliance/dataResidency')}
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
        label="Encryption"
        value={draft.encryption}
        error={errorAt('/compliance/encryptionLevel')}
        onChange={(event) => change({ encryption: event.target.value as Draft })}
      >
        <option value="">As the plan says</option>
        <option value="standard">Standard</option>
        <option value="enhanced">Enhanced: a key of its own in the region</option>
      </Choice>
      {(draft.dataResidency !== '' || draft.encryption !== '') && (
        <TextField
          label="Retention in days"
          type="number"
          min={1}
          value={draft.retentionDays}
          error={errorAt('/compliance/retentionPeriod')}
          onChange={(event) => change({ retentionDays: event.target.value })}
        />
      )}
    </div>
  );
}

type Draft = PartProps['draft']['encryption'];
