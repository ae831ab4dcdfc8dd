import type {
  ChangeAccessInput,
  DeprovisionInput,
  OperationInput,
  ProvisionTenantInput,
  ReconcileInput,
} from '../../contract/operations/messages';
import { STEPS } from '../../contract/operations/steps';
import {
  aBoolean,
  anObject,
  aText,
  between,
  inputOf,
  listOf,
  oneOf,
  OPERATION_ID,
  optional,
  TENANT_ID,
  type Check,
} from './received';

const TEN_YEARS = 315_360_000;
const SECONDS = between(0, TEN_YEARS);

/** What every operation's input must be like. */
const COMMON: { [Member in keyof OperationInput]-?: Check } = {
  operationId: OPERATION_ID,
  tenantId: TENANT_ID,
  plan: aText,
  retry: anObject({
    maximumAttempts: between(1, 1000),
    initialIntervalSeconds: between(0.001, TEN_YEARS),
    backoffCoefficient: between(1, 100),
    maximumIntervalSeconds: between(0.001, TEN_YEARS),
  }),
  compensationSeconds: between(0.001, TEN_YEARS),
  recovery: optional(
    anObject({
      onPermanentFailure: oneOf(['compensate', 'hold']),
      holdSeconds: SECONDS,
      skippable: listOf(oneOf(STEPS)),
    }),
  ),
  resume: optional(
    anObject({ as: oneOf(['compensate', 'go-on', 'hand-over']), skipped: optional(listOf(oneOf(STEPS))) }),
  ),
};

/** The input of a run that provisions a tenant; it may have been written by hand. Throws when it is not well formed. */
export function checkedProvision(input: ProvisionTenantInput): ProvisionTenantInput {
  return inputOf(input, { ...COMMON, approvalDeadlineSeconds: SECONDS, acceptUnverifiedApproval: aBoolean });
}

/** The input of a run that needs nothing but its operation. Throws when it is not well formed. */
export function checkedChange(input: OperationInput): OperationInput {
  return inputOf(input, COMMON);
}

const ACCESS_CHANGE = { ...COMMON, region: aText, access: oneOf(['open', 'read-only', 'closed']) };

/** The input of a run that changes a tenant's access. Throws when it is not well formed. */
export function checkedAccessChange(input: ChangeAccessInput): ChangeAccessInput {
  return inputOf(input, ACCESS_CHANGE);
}

/** The input of a run that reconciles a tenant. Throws when it is not well formed. */
export function checkedReconciliation(input: ReconcileInput): ReconcileInput {
  return inputOf(input, { ...COMMON, region: aText, dryRun: aBoolean });
}

/** The input of a run that removes a tenant. Throws when it is not well formed. */
export function checkedRemoval(input: DeprovisionInput): DeprovisionInput {
  return inputOf(input, { ...ACCESS_CHANGE, access: oneOf(['closed']), graceSeconds: SECONDS, export: aBoolean });
}
