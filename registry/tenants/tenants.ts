import type { TenantState } from '../../contract/tenants/states';
import type { ProvisioningTemplate } from '../../templates/template';
import { maybeOne, type Queryable } from '../database';

/** Unique indexes that let only one tenant at a time hold a name, and the names that look like it. */
export const NAME_HELD = 'tenant_name_held';
export const LOOK_HELD = 'tenant_look_held';

/** A tenant as it was ordered. */
export interface NewTenant {
  tenantId: string;
  /** The operation that provisions it. */
  operationId: string;
  tenantName: string;
  customDomain: string | null;
  organizationHash: Buffer;
  plan: string;
  residency: string | null;
  template: ProvisioningTemplate;
  caller: string;
}

/**
 * Inserts a tenant that is to be provisioned; a name or domain that is held violates its unique index. From then on the tenant follows the
 * operation that provisions it, see the trigger `tenant_follows_provisioning`: nothing but that operation is written.
 */
export async function insertTenant(db: Queryable, tenant: NewTenant): Promise<void> {
  await db.query(
    `insert into tenant (tenant_id, operation_id, tenant_name, name_look, custom_domain, organization_hash, plan, residency, template, caller)
     values ($1, $2, $3, translate($3, '01', 'ol'), $4, $5, $6, $7, $8, $9)`,
    [
      tenant.tenantId,
      tenant.operationId,
      tenant.tenantName,
      tenant.customDomain,
      tenant.organizationHash,
      tenant.plan,
      tenant.residency,
      JSON.stringify(tenant.template),
      tenant.caller,
    ],
  );
}

/** Whether a name, or one that looks like it, and a custom domain are held: an order with them would be refused. */
export async function findHeld(
  db: Queryable,
  { tenantName, customDomain }: Pick<NewTenant, 'tenantName' | 'customDomain'>,
): Promise<{ name: boolean; domain: boolean }> {
  const row = await maybeOne<{ name: boolean; domain: boolean }>(
    db,
    `select exists (select from tenant where tenant_name = $1 and (state <> 'gone' or name_kept))
         or exists (select from tenant where name_look = translate($1, '01', 'ol') and (state <> 'gone' or name_kept)) as name,
       exists (select from tenant where custom_domain = $2 and custom_domain is not null and state <> 'gone') as domain`,
    [tenantName, customDomain],
  );
  return row!;
}

/** State of a tenant, and the operation that provisioned it. */
export interface TenantStanding {
  state: TenantState;
  operationId: string;
}

/** A tenant's state; undefined if there is no such tenant. */
export async function findStanding(db: Queryable, tenantId: string): Promise<TenantStanding | undefined> {
  return maybeOne<TenantStanding>(db, `select state, operation_id as "operationId" from tenant where tenant_id = $1`, [
    tenantId,
  ]);
}

/** The template that a tenant has, with its order's customizations; undefined if there is no such tenant. */
export async function findTenantTemplate(db: Queryable, tenantId: string): Promise<ProvisioningTemplate | undefined> {
  const row = await maybeOne<{ template: ProvisioningTemplate }>(
    db,
    `select template from tenant where tenant_id = $1`,
    [tenantId],
  );
  return row?.template;
}
