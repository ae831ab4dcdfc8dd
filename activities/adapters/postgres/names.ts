import { assertTenantId, underscoreName } from '../../../contract/ids';

/** Database of a cell that holds the tables pooled tenants share. The application's login role has the same name. */
export const POOL_DATABASE = 'app_pool';

/** Database that the cell's owner may prepare for tenants' databases to be copies of; see templates/sql/cell/bounds.sql. */
export const TEMPLATE_DATABASE = 'app_template';

/** Schema of the shared tables in {@link POOL_DATABASE}. */
export const POOL_SCHEMA = 'app';

/** Login role of the application for pooled tenants; owns nothing. */
export const POOL_ROLE = 'app_pool';

/** Owner of the shared tables; nobody logs in as it. */
export const POOL_OWNER = 'app_pool_owner';

/** Database of a cell that holds the schemas of tenants with a schema of their own. */
export const SCHEMAS_DATABASE = 'app_schemas';

/**
 * Group that may connect to {@link SCHEMAS_DATABASE} and do nothing else. One grant to a group, because a grant a tenant on the database
 * itself would rewrite one ever longer list, and concurrent ones would fail.
 */
export const SCHEMAS_CONNECT = 'app_schemas_connect';

/** The tenant's role that owns its objects; nobody logs in as it. */
export const ownerRole = (tenantId: string): string => `${underscoreName(tenantId)}_owner`;

/** The tenant's role the application logs in as. */
export const appRole = (tenantId: string): string => `${underscoreName(tenantId)}_app`;

/** The tenant's role for reading only. */
export const readonlyRole = (tenantId: string): string => `${underscoreName(tenantId)}_readonly`;

/** Table of the audit trail in a tenant's own schema, by plan. Triggers write it; no login of the tenant does. */
export const AUDIT_LOG = 'audit_log';

/** The tenant's schema and, where it has one, its database. */
export const schemaName = underscoreName;

/**
 * What the SQL of a tenant's schema, or of a scratch one beside it, is filled in with. Functions have the schema in their name: PostgreSQL looks
 * through all functions of a name, in whatever schema, so that with one name for all each tenant would slow the next.
 */
export function schemaVariables(tenantId: string, schema = schemaName(tenantId)): Record<string, string> {
  return {
    ...{ schema, owner: ownerRole(tenantId), app: appRole(tenantId), readonly: readonlyRole(tenantId) },
    ...{ touch_updated_at: `${schema}_touch_updated_at`, record_change: `${schema}_record_change` },
  };
}

const MARK = 'managed-by=tenant-provisioner';

/** Comment that says an object is ours and whose; comments are readable by everybody, so it says no more. */
export function mark(tenantId: string): string {
  return `${MARK} tenant=${assertTenantId(tenantId)}`;
}

/** Which SQL a tenant's schema was made from. It stays so until somebody upgrades that tenant. */
export interface SchemaVersions {
  version: string;
  /** Of the audit trail inside, where the plan has one. */
  audit?: string;
}

/** {@link mark} of a schema or database that is complete, with the versions of its SQL. Set in the transaction that completes it. */
export function completeMark(tenantId: string, { version, audit }: SchemaVersions): string {
  return `${mark(tenantId)} version=${version}${audit === undefined ? '' : ` audit=${audit}`}`;
}

/** Comment on what all tenants of a cell share; `state` tells how far it has been prepared. */
export function sharedMark(state = 'shared'): string {
  return `${MARK} ${state}`;
}

/** Whether a comment is {@link mark} or {@link completeMark} of this tenant. */
export function isMarked(comment: string | null, tenantId: string): boolean {
  return comment !== null && (comment === mark(tenantId) || comment.startsWith(`${mark(tenantId)} `));
}

/** The versions in a {@link completeMark} of this tenant, or undefined. */
export function versionsIn(comment: string | null, tenantId: string): SchemaVersions | undefined {
  if (comment === null || !isMarked(comment, tenantId)) return undefined;
  const [, version, audit] = / version=(\d{4})(?: audit=(\d{4}))?$/.exec(comment) ?? [];
  if (version === undefined) return undefined;
  return { version, ...(audit === undefined ? {} : { audit }) };
}
