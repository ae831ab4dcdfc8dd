import type { OperationStatus } from '../contract/states';
import type { ProvisioningTemplate } from '../templates/template';
import { maybeOne, type Queryable } from './database';

/** What a mail about an operation needs of it besides the order, which may be unreadable by then. */
export interface NoticeSubject {
  tenantId: string;
  status: OperationStatus;
  /** While nothing moves: when it came to its status. */
  updatedAt: Date;
  template: ProvisioningTemplate;
  approvalDeadline: Date | null;
  /** While on hold. */
  holdUntil: Date | null;
}

/** Where an operation stands that people are to be told of; undefined when there is none. */
export async function findNoticeSubject(db: Queryable, operationId: string): Promise<NoticeSubject | undefined> {
  return maybeOne<NoticeSubject>(
    db,
    `select tenant_id as "tenantId", status, updated_at as "updatedAt", template, approval_deadline as "approvalDeadline", hold_until as "holdUntil"
     from operation where operation_id = $1`,
    [operationId],
  );
}
