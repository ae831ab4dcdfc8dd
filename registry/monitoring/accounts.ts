import { maybeOne, type Queryable } from '../database';

/** The number under which a store of logs keeps the tenant's; undefined if it has never had one. */
export async function findMonitoringAccount(db: Queryable, tenantId: string): Promise<number | undefined> {
  const row = await maybeOne<{ account: number }>(db, `select account from monitoring_account where tenant_id = $1`, [
    tenantId,
  ]);
  return row?.account;
}

/** The tenant's number, given now if it has none. It stays the tenant's for ever, so that nobody finds its logs under a number of their own. */
export async function obtainMonitoringAccount(db: Queryable, tenantId: string): Promise<number> {
  const known = await findMonitoringAccount(db, tenantId);
  if (known !== undefined) return known;
  await db.query(`insert into monitoring_account (tenant_id) values ($1) on conflict do nothing`, [tenantId]);
  return (await findMonitoringAccount(db, tenantId))!;
}
