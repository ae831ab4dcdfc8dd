import { assertTenantId, underscoreName } from '../../../contract/ids';

/** Database of a cell that holds the tables shared by pooled tenants. The application's login role has the same name. */
export const POOL_DATABASE = 'app_pool';

/** Template database that the cell's owner may prepare; tenants' databases are copied from it. See templates/sql/cell/bounds.sql. */
export const TEMPLATE_DATABASE = 'app_template';

/** Schema of the shared tables in {@link POOL_DATABASE}. */
export const POOL_SCHEMA = 'app';

/** Login role of the application for pooled tenants; owns nothing. */
export const POOL_ROLE = 'app_pool';

/** Role that owns the shared tables; it cannot log in. */
export const POOL_OWNER = 'app_pool_owner';

/** Database of a cell that holds the schemas of tenants with `schema` isolation. */
export const SCHEMAS_DATABASE = 'app_schemas';

/**
 * Group role that may connect to {@link SCHEMAS_DATABASE} and do nothing else. Tenants' logins join the group: one grant per tenant on the
 * database itself would rewrite an ever longer list of privileges, and concurrent grants would fail.
 */
export const SCHEMAS_CONNECT = 'app_schemas_connect';

/** The role that owns the tenant's objects; it cannot log in. */
export const ownerRole = (tenantId: string): string => `${underscoreName(tenantId)}_owner`;

/** The role that the application logs in as for this tenant. */
export const appRole = (tenantId: string): string => `${underscoreName(tenantId)}_app`;

/** The tenant's read-only role. */
export const readonlyRole = (tenantId: string): string => `${underscoreName(tenantId)}_readonly`;

/** Table of the audit trail in a tenant's own schema, if the plan has one. Only triggers write it; the tenant's logins cannot. */
export const AUDIT_LOG = 'audit_log';

/** Name of the tenant's schema and, with `database` isolation, of its database. */
export const schemaName = underscoreName;

/**
 * Variables for the SQL of a tenant's schema, or of a scratch schema beside it. Function names contain the schema, because PostgreSQL
 * searches all functions of a name across schemas: with one name for all tenants, each tenant would slow down the next.
 */
export function schemaVariables(tenantId: string, schema = schemaName(tenantId)): Record<string, string> {
  return {
    schema,
    owner: ownerRole(tenantId),
    app: appRole(tenantId),
    readonly: readonlyRole(tenantId),
    touch_updated_at: `${schema}_touch_updated_at`,
    record_change: `${schema}_record_change`,
  };
}

const MARK = 'managed-by=tenant-provisioner';

/**
 * Comment that marks an object as ours and names its tenant. Every login can read comments, so they hold nothing that the server's
 * catalogues do not show anyway.
 */
export function mark(tenantId: string): string {
  return `${MARK} tenant=${assertTenantId(tenantId)}`;
}

/** Versions of the SQL that a tenant's schema was made from. They change only when the tenant is upgraded. */
export interface SchemaVersions {
  version: string;
  /** Version of the audit trail's SQL, if the plan has one. */
  audit?: string;
}

/** {@link mark} of a complete schema or database, with the versions of its SQL. Set in the transaction that completes it. */
export function completeMark(tenantId: string, { version, audit }: SchemaVersions): string {
  return `${mark(tenantId)} version=${version}${audit === undefined ? '' : ` audit=${audit}`}`;
}

const CLOSED = ' access=closed';

/** {@link mark} of a closed login. A login that may not log in and lacks it is one whose removal was interrupted. */
export function closedMark(tenantId: string): string {
  return mark(tenantId) + CLOSED;
}

/** Whether a comment is a {@link closedMark}. */
export function isClosedMark(comment: string | null): boolean {
  return comment?.endsWith(CLOSED) === true;
}

/** Comment on objects that all tenants of a cell share; `state` says how far they have been prepared. */
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
