import type { Step, StepState } from './steps';

/** Something that works from a field of the order. */
export interface Reader {
  step: Step;
  /** What the step makes of the field, as the ledger calls it: a step that failed may have made this already. Without it the step only looks. */
  makes?: string;
}

const validate: Reader = { step: 'validate' };
const reserve: Reader = { step: 'reserve' };
const bucket: Reader = { step: 'storage-and-compute', makes: 'bucket' };
const configuration: Reader = { step: 'configuration', makes: 'configuration' };
const organization: Reader = { step: 'identity', makes: 'idp-organization' };
const adminUser: Reader = { step: 'identity', makes: 'idp-admin-user' };
const customer: Reader = { step: 'integrations', makes: 'billing-customer' };
const subscription: Reader = { step: 'integrations', makes: 'billing-subscription' };

/**
 * Every field of an order by its JSON pointer, and who works from it: it can be amended until one of them has. `never`: accepting the order
 * has fixed it – the name is held, the template is kept with its customizations, approvals and recovery.
 */
export const FIELD_READERS: Record<string, readonly Reader[] | 'never'> = {
  '/tenantName': 'never',
  '/organizationName': [configuration, organization, customer],
  '/adminUser/email': [adminUser, customer],
  '/adminUser/firstName': [adminUser],
  '/adminUser/lastName': [adminUser],
  '/adminUser/role': [adminUser],
  '/subscription/plan': 'never',
  '/subscription/billingCycle': [subscription],
  '/subscription/features': [configuration],
  '/configuration/customDomain': [validate, bucket, configuration],
  '/configuration/branding/displayName': [configuration],
  '/configuration/branding/primaryColor': [configuration],
  '/configuration/branding/logoUrl': [configuration],
  '/configuration/branding/supportUrl': [configuration],
  '/configuration/integrations': [configuration],
  '/configuration/settings': [configuration],
  '/compliance/dataResidency': [validate],
  '/compliance/retentionPeriod': [bucket, configuration],
  '/compliance/encryptionLevel': [validate, reserve, bucket],
  '/region': [validate],
  '/paymentMethod': [subscription],
  '/customizations': 'never',
  '/recovery/onPermanentFailure': 'never',
};

/** What is known of a run that waits for an operator. */
export interface MadeSoFar {
  steps: { id: Step; state: StepState }[];
  resources: { kind: string; state: string }[];
}

/** Whether somebody has worked from a field already. The ledger knows what exists; the steps, which only looked and are done. */
export function hasRead({ steps, resources }: MadeSoFar, { step, makes }: Reader): boolean {
  return (
    steps.some(({ id, state }) => id === step && state === 'done') ||
    resources.some(({ kind, state }) => kind === makes && state === 'present')
  );
}

/** Whether correcting what a pointer names may still help: it lies in, or is, a field that nothing has been made of yet. */
export function isAmendable(pointer: string, made: MadeSoFar): boolean {
  const field = Object.keys(FIELD_READERS).find((each) => pointer === each || pointer.startsWith(`${each}/`));
  const readers = field === undefined ? 'never' : FIELD_READERS[field]!;
  return readers !== 'never' && !readers.some((reader) => hasRead(made, reader));
}
