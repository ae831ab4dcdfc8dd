import { maybeOne, violatedConstraint, type Queryable } from '../database';

/** The unique index that lets only one tenant at a time hold a custom domain. */
export const DOMAIN_HELD = 'tenant_domain_held';

/** How a domain that is held is reported to the operation that wants it: by the index of 0.2.0, whose workers know no other. */
const HELD_BY_ANOTHER = 'operation_domain_held';

/**
 * Makes this the only custom domain of the tenant that the operation provisions; null for none. False if another tenant holds it, and then
 * nothing has changed. Acceptance has held the order's domain already, but the order may have been amended since then.
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
    if (violatedConstraint(error) !== HELD_BY_ANOTHER) throw error;
    return false;
  }
}

/** Whether a tenant other than the one that this operation provisions holds a custom domain. */
export async function isHeldByAnother(db: Queryable, operationId: string, domain: string): Promise<boolean> {
  const row = await maybeOne(
    db,
    `select from tenant where custom_domain = $2 and operation_id <> $1 and state <> 'gone'`,
    [operationId, domain],
  );
  return row !== undefined;
}
