import type { ApprovalState, OperationFailure } from '../../contract/operations/messages';
import type { OperationParameters } from '../../contract/operations/inputs';
import type { OperationKind } from '../../contract/operations/kinds';
import { END_STATUSES, type OperationStatus } from '../../contract/operations/states';
import type { ProvisioningTemplate } from '../../templates/template';
import { maybeOne, type Queryable } from '../database';
import type { SkippedStep } from './resolutions';
import { LAST_ACTIVITY } from '../ledger/last-activity';

/** An operation that needs a run but shows no activity, with everything that a new run has to know. */
export interface IdleOperation {
  kind: OperationKind;
  parameters: OperationParameters;
  operationId: string;
  tenantId: string;
  status: OperationStatus;
  plan: string;
  region: string | null;
  residency: string | null;
  template: ProvisioningTemplate;
  approvalState: ApprovalState;
  failure: OperationFailure | null;
  skipped: SkippedStep[];
  /** When the run passed its pivot; null before. */
  pivotAt: Date | null;
}

const COLUMNS = `kind, parameters, operation_id as "operationId", tenant_id as "tenantId", status, plan, region, residency, template,
  approval_state as "approvalState", failure, skipped, pivot_at as "pivotAt"`;

// The operation that made a tenant active needs a run until the claim link is issued and, unless an operator has skipped billing, the
// subscription is charged.
const NEEDS_A_RUN = `(not (status = any($1)) or (
  exists (select from tenant where tenant.operation_id = operation.operation_id and tenant.state = 'active') and
  ((billing is null and not skipped @> '[{"step": "integrations"}]')
   or not exists (select from claim where claim.tenant_id = operation.tenant_id))))`;

// The relay takes care of operations that were never started.
const IS_IDLE = `started_at is not null and ${NEEDS_A_RUN} and ${LAST_ACTIVITY} < now() - make_interval(secs => $2)`;

/** Operations that need a run and have shown no activity for `leaseSeconds`. Most of them do have a run, which waits for a person. */
export async function listIdleOperations(db: Queryable, leaseSeconds: number): Promise<IdleOperation[]> {
  const { rows } = await db.query<IdleOperation>(`select ${COLUMNS} from operation where ${IS_IDLE}`, [
    END_STATUSES,
    leaseSeconds,
  ]);
  return rows;
}

/** The operation, if it is still one of {@link listIdleOperations}; otherwise undefined. */
export async function findIdleOperation(
  db: Queryable,
  operationId: string,
  leaseSeconds: number,
): Promise<IdleOperation | undefined> {
  return maybeOne<IdleOperation>(db, `select ${COLUMNS} from operation where operation_id = $3 and ${IS_IDLE}`, [
    END_STATUSES,
    leaseSeconds,
    operationId,
  ]);
}
