import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import { assertTenantId } from '../../contract/ids';

/** Sends statements in one round trip; the server runs them as one transaction. They must not contain `begin` or `commit`. */
export async function batch(client: ClientBase, statements: string[]): Promise<void> {
  await client.query(statements.join(';\n'));
}

/** First statement of every batch that changes a tenant: makes a late attempt and its retry take turns within a database. */
export function lockTenant(tenantId: string): string {
  return `select pg_advisory_xact_lock(hashtextextended(${escapeLiteral(`tenant-provisioner/${assertTenantId(tenantId)}`)}, 0))`;
}

/**
 * Wraps statements in a temporary membership of a role, because only members may create, grant or drop objects that the role owns. The
 * membership is revoked at once: a server scans all memberships of a role whenever one changes, so each tenant would slow down the next.
 */
export function asMemberOf(role: string, statements: string[]): string[] {
  const name = escapeIdentifier(role);
  return [`grant ${name} to current_user`, ...statements, `revoke ${name} from current_user`];
}

/** Runs statements as a role, so that it owns the objects they create. The session must be a member: see {@link asMemberOf}. */
export function actingAs(role: string, statements: string[]): string[] {
  return [`set local role ${escapeIdentifier(role)}`, ...statements, 'reset role'];
}
