import type { OperationKind } from '../../contract/operations/kinds';
import type { ProvisioningTemplate } from '../../templates/template';
import type { Queryable } from '../database';

/** An operation of which a customer may be told. */
export interface ProgressSubject {
  operationId: string;
  kind: OperationKind;
  template: ProvisioningTemplate;
}

/** These operations, by id. */
export async function readProgressSubjects(
  db: Queryable,
  operationIds: readonly string[],
): Promise<Map<string, ProgressSubject>> {
  const { rows } = await db.query<ProgressSubject>(
    `select operation_id as "operationId", kind, template from operation where operation_id = any($1)`,
    [operationIds],
  );
  return new Map(rows.map((row) => [row.operationId, row]));
}

/**
 * Operations that provision for longer than their template calls usual, without the time that an approver took, and whose customer was not
 * told of any delay yet.
 */
export async function listSlowSetups(db: Queryable): Promise<ProgressSubject[]> {
  const { rows } = await db.query<ProgressSubject>(
    `select operation_id as "operationId", kind, template
     from operation left join approval_decision using (operation_id)
     where status in ('validating', 'provisioning')
       and greatest(operation.created_at, decided_at)
         < now() - make_interval(mins => (template #>> '{customerMail,slowAfterMinutes}')::int)
       and not exists (select from mail where mail.operation_id = operation.operation_id and purpose = 'delayed')`,
  );
  return rows;
}
