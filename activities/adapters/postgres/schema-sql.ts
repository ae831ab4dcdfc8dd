import { escapeIdentifier, escapeLiteral } from 'pg';
import { actingAs, asMemberOf } from './batch';
import { appRole, completeMark, ownerRole, readonlyRole, schemaName } from './names';
import { loadSql } from './sql-files';

/**
 * Statements that make a tenant's schema from its SQL, whole or not at all. A half-made one is made anew: it was never handed to
 * anybody. The one path for a schema in a shared database and in the tenant's own.
 */
export function createSchema(tenantId: string, version: string, halfMade: boolean): string[] {
  const schema = schemaName(tenantId);
  const owner = ownerRole(tenantId);
  const quoted = escapeIdentifier(schema);
  const sql = loadSql('tenant', version, {
    schema,
    owner,
    app: appRole(tenantId),
    readonly: readonlyRole(tenantId),
  });
  return asMemberOf(owner, [
    ...(halfMade ? [`drop schema if exists ${quoted} cascade`] : []),
    `create schema ${quoted} authorization ${escapeIdentifier(owner)}`,
    ...actingAs(owner, [
      sql.trim().replace(/;$/, ''),
      `comment on schema ${quoted} is ${escapeLiteral(completeMark(tenantId, version))}`,
    ]),
  ]);
}
