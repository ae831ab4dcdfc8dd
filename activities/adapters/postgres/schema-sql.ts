import { escapeIdentifier, escapeLiteral } from 'pg';
import type { DatabaseTemplate } from '../../../templates/template';
import { actingAs, asMemberOf } from './batch';
import { completeMark, ownerRole, schemaName, schemaVariables, type SchemaVersions } from './names';
import type { SqlFiles } from './sql-files';

/** What a new tenant's schema is made from: the version its template names, and the newest audit trail where the plan has one. */
export function versionsFor(sql: SqlFiles, { schemaVersion, auditTrail }: DatabaseTemplate): SchemaVersions {
  return { version: schemaVersion, ...(auditTrail === true ? { audit: sql.newest('audit') } : {}) };
}

/**
 * Statements that make a tenant's schema from its SQL, whole or not at all. A half-made one is made anew: it was never handed to
 * anybody. The one path for a schema in a shared database and in the tenant's own.
 */
export function createSchema(sql: SqlFiles, tenantId: string, versions: SchemaVersions, halfMade: boolean): string[] {
  const schema = schemaName(tenantId);
  const owner = ownerRole(tenantId);
  const quoted = escapeIdentifier(schema);
  const variables = schemaVariables(tenantId);
  const { version, audit } = versions;
  return asMemberOf(owner, [
    ...(halfMade ? [`drop schema if exists ${quoted} cascade`] : []),
    `create schema ${quoted} authorization ${escapeIdentifier(owner)}`,
    ...actingAs(owner, [
      withoutEnd(sql.load('tenant', version, variables)),
      ...(audit === undefined ? [] : [withoutEnd(sql.load('audit', audit, variables))]),
      `comment on schema ${quoted} is ${escapeLiteral(completeMark(tenantId, versions))}`,
    ]),
  ]);
}

/** A file as one entry of a batch. */
export function withoutEnd(sql: string): string {
  return sql.trim().replace(/;$/, '');
}
