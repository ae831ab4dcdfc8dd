/** The states of a tenant, in the order in which it passes through them. A suspended tenant may become active again. */
export const TENANT_STATES = [
  'provisioning', // ordered, or its provisioning is being undone and may have left something behind
  'active',
  'suspended',
  'leaving', // its end was ordered and can still be called off
  'gone', // nothing is left but its history; a provisioning that fails ends here
] as const;

/** One of {@link TENANT_STATES}. */
export type TenantState = (typeof TENANT_STATES)[number];

/** States in which the tenant's name, the names that look like it, and its custom domain are held. */
export const NAME_HOLDING_STATES: readonly TenantState[] = TENANT_STATES.filter((state) => state !== 'gone');

/** States in which backups, restore tests and storage upkeep are scheduled: a suspended tenant's data is cared for as before. */
export const SCHEDULED_STATES: readonly TenantState[] = ['active', 'suspended'];
