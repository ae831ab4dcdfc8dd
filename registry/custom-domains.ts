import { CLEAN_STATUSES } from '../contract/states';
import { maybeOne, violatedConstraint, type Queryable } from './database';

/** The unique index that gives a custom domain to one operation at a time. */
export const DOMAIN_HELD = 'operation_domain_held';

/**
 * Makes the operation hold this custom domain and no other; null: none. False when another operation holds it, and then nothing has
 * changed. An order may have been amended since it was accepted.
 */
export async function holdDomain(db: Queryable, operationId: string, domain: string | null): Promise<boolean> {
  try {
    await db.query(
      `update operation set custom_domain = $2, updated_at = now()
       where operation_id = $1 and custom_domain is distinct from $2`,
      [operationId, domain],
    );
    return true;
  } catch (error) {
    if (violatedConstraint(error) !== DOMAIN_HELD) throw error;
    return false;
  }
}

/** Whether an operation other than this one holds a custom domain. */
export async function isHeldByAnother(db: Queryable, operationId: string, domain: string): Promise<boolean> {
  const row = await maybeOne(
    db,
    `select from operation where custom_domain = $2 and operation_id <> $1 and status <> all ($3::text[])`,
    [operationId, domain, CLEAN_STATUSES],
  );
  return row !== undefined;
}
