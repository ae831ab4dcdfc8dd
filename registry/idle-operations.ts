import type { ApprovalState, OperationFailure } from '../contract/messages';
import { END_STATUSES, type OperationStatus } from '../contract/states';
import type { ProvisioningTemplate } from '../templates/template';
import { maybeOne, type Queryable } from './database';
import type { SkippedStep } from './resolutions';
import { LAST_SIGN_OF_LIFE } from './signs-of-life';

/** An operation that needs a run, with what a new one has to know. */
export interface IdleOperation {
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
}

const COLUMNS = `operation_id as "operationId", tenant_id as "tenantId", status, plan, region, residency, template,
  approval_state as "approvalState", failure, skipped`;

// An active one needs a run until it was charged – unless an operator has left that out – and its claim link issued.
const NEEDS_A_RUN = `(not (status = any($1)) or (status = 'active' and
  ((billing is null and not skipped @> '[{"step": "integrations"}]')
   or not exists (select from claim where claim.tenant_id = operation.tenant_id))))`;

// One that was never started is the relay's.
const IS_IDLE = `started_at is not null and ${NEEDS_A_RUN} and ${LAST_SIGN_OF_LIFE} < now() - make_interval(secs => $2)`;

/** Operations that need a run and of which nothing was heard for `leaseSeconds`. Most wait for a person, and their run with them. */
export async function listIdleOperations(db: Queryable, leaseSeconds: number): Promise<IdleOperation[]> {
  const { rows } = await db.query<IdleOperation>(`select ${COLUMNS} from operation where ${IS_IDLE}`, [
    END_STATUSES,
    leaseSeconds,
  ]);
  return rows;
}

/** The operation if it still is one of {@link listIdleOperations}. */
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
