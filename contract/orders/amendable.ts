import type { Step, StepState } from '../operations/steps';

/** A step that reads a field of the order. */
export interface Reader {
  step: Step;
  /** Ledger kind of the resource made from the field, which a failed step may already have made. Absent when the step only looks. */
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
 * The readers of every field of an order, by JSON pointer. A field can be amended until one of its readers has used it. `never`: accepting
 * the order fixes the field, because the name is held and the template is stored with its customizations, approvals and recovery.
 */
export const FIELD_READERS: Record<string, readonly Reader[] | 'never'> = {
  '/tenantName': 'never',
  '/organizationName': [configuration, organization, customer],
  '/adminUser/email': [adminUser, customer],
  '/adminUser/firstName': [adminUser],
  '/adminUser/lastName': [adminUser],
  '/adminUser/role': [adminUser],
  // Read by mails only, each of which takes the address that the order has then.
  '/contact/email': [],
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
  '/billing/taxIds': [customer],
  '/customizations': 'never',
  '/featureFlags': [configuration],
  '/recovery/onPermanentFailure': 'never',
};

/** Progress of a run that waits for an operator. */
export interface MadeSoFar {
  steps: { id: Step; state: StepState }[];
  resources: { kind: string; state: string }[];
}

/** Whether a reader has used its field: its step is done, or the ledger has the resource it makes, which a failed step may have left. */
export function hasRead({ steps, resources }: MadeSoFar, { step, makes }: Reader): boolean {
  return (
    steps.some(({ id, state }) => id === step && state === 'done') ||
    resources.some(({ kind, state }) => kind === makes && state === 'present')
  );
}

/** Whether correcting the value at a pointer may still help: it belongs to a field that no reader has used yet. */
export function isAmendable(pointer: string, made: MadeSoFar): boolean {
  const field = Object.keys(FIELD_READERS).find((each) => pointer === each || pointer.startsWith(`${each}/`));
  const readers = field === undefined ? 'never' : FIELD_READERS[field]!;
  return readers !== 'never' && !readers.some((reader) => hasRead(made, reader));
}
