/** Why a tenant can be suspended. */
export const SUSPENSION_REASONS = ['non_payment', 'abuse', 'customer_request', 'trial_ended'] as const;

/** One of {@link SUSPENSION_REASONS}. */
export type SuspensionReason = (typeof SUSPENSION_REASONS)[number];

/** Why a tenant can be removed. */
export const REMOVAL_REASONS = [...SUSPENSION_REASONS, 'other'] as const;

/** One of {@link REMOVAL_REASONS}. */
export type RemovalReason = (typeof REMOVAL_REASONS)[number];
