import { escapeIdentifier, escapeLiteral } from 'pg';
import type { DatabaseTemplate } from '../../../templates/template';
import { actingAs, asMemberOf } from '../batch';
import { completeMark, ownerRole, schemaName, schemaVariables, type SchemaVersions } from './names';
import type { SqlFiles } from './sql-files';

/** Versions for a new tenant's schema: the one its template names, and the newest audit trail if the plan has one. */
export function versionsFor(sql: SqlFiles, { schemaVersion, auditTrail }: DatabaseTemplate): SchemaVersions {
  return { version: schemaVersion, ...(auditTrail === true ? { audit: sql.newest('audit') } : {}) };
}

/**
 * Statements that make a tenant's schema from its SQL, completely or not at all, in the shared database or in the tenant's own. A half-made
 * schema is dropped and recreated, because it was never handed over.
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
      withoutFinalSemicolon(sql.load('tenant', version, variables)),
      ...(audit === undefined ? [] : [withoutFinalSemicolon(sql.load('audit', audit, variables))]),
      `comment on schema ${quoted} is ${escapeLiteral(completeMark(tenantId, versions))}`,
    ]),
  ]);
}

/** Strips the final semicolon, so that a file can be one entry of a {@link batch}. */
export function withoutFinalSemicolon(sql: string): string {
  return sql.trim().replace(/;$/, '');
}
