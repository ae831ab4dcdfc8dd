import type { DomainConnection } from '../edge/route';
import type { OperationKind } from './kinds';
import type {
  ChangeAccessInput,
  DeprovisionInput,
  OperationInput,
  ProvisionTenantInput,
  ReconcileInput,
} from './messages';
import type { Access } from '../tenants/access';

/** The part of a request that contains no personal data, which the registry stores unencrypted. */
export interface OperationParameters {
  /** The access that the tenant is to have. */
  access?: Access;
  /** Whether the tenant is to have single sign-on, with the connection that is sealed under the operation. */
  sso?: 'connected' | 'disconnected';
  /** Whether the tenant's custom domain is to be served at the edge. */
  edge?: DomainConnection;
  /** Why, as one of the reasons that the API knows. */
  reason?: string;
  /** Of a removal: days between its announcement and the removal itself. */
  graceDays?: number;
  /** Of a removal: whether the tenant is exported first. */
  export?: boolean;
  /** Of a removal: the age recipient (`age1…`) for whom the export is encrypted. Absent: an identity is made and handed out once. */
  exportTo?: string;
  /** Of a removal: whether the name stays held when the tenant is gone. */
  keepName?: boolean;
  /** Of a reconciliation: whether it only lists the differences. */
  dryRun?: boolean;
}

const DAY_SECONDS = 86_400;

/** What decides the input of an operation's run. */
export interface InputFacts {
  kind: OperationKind;
  /** Null while a tenant has none. */
  region: string | null;
  parameters: OperationParameters;
  approvals: Pick<ProvisionTenantInput, 'approvalDeadlineSeconds' | 'acceptUnverifiedApproval'>;
}

/** The input of a run of this kind, from what every run is told and what only this kind is. */
export function operationInput(
  common: OperationInput,
  { kind, region, parameters, approvals }: InputFacts,
): OperationInput | ProvisionTenantInput | ChangeAccessInput | DeprovisionInput | ReconcileInput {
  if (kind === 'provision') return { ...common, ...approvals };
  if (kind === 'configure-sso' || kind === 'connect-domain') return common;
  if (region === null) throw new Error(`Operation ${common.operationId} of kind ${kind} has no region.`);
  if (kind === 'reconcile') return { ...common, region, dryRun: parameters.dryRun ?? false };
  if (parameters.access === undefined)
    throw new Error(`Operation ${common.operationId} of kind ${kind} does not say which access it is to give.`);
  const change = { ...common, region, access: parameters.access };
  if (kind !== 'deprovision') return change;
  const { graceDays = 0, export: exported = false } = parameters;
  return { ...change, graceSeconds: graceDays * DAY_SECONDS, export: exported };
}
