import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import { assertTenantId } from '../../../contract/ids';

/** Sends statements in one round trip; the server runs them as one transaction. They must contain no `begin` or `commit`. */
export async function batch(client: ClientBase, statements: string[]): Promise<void> {
  await client.query(statements.join(';\n'));
}

/** First statement of every batch that changes a tenant: a late attempt and its repetition take turns within a database. */
export function lockTenant(tenantId: string): string {
  return `select pg_advisory_xact_lock(hashtextextended(${escapeLiteral(`tenant-provisioner/${assertTenantId(tenantId)}`)}, 0))`;
}

/**
 * Statements framed by membership in a role: only its members may make objects it owns, or grant and drop them. It is given back at
 * once, because a server looks through all memberships of a role whenever one changes, and every tenant would slow the next.
 */
export function asMemberOf(role: string, statements: string[]): string[] {
  const name = escapeIdentifier(role);
  return [`grant ${name} to current_user`, ...statements, `revoke ${name} from current_user`];
}

/** Statements run as a role, so that it owns what they make. The session must be a member: see {@link asMemberOf}. */
export function actingAs(role: string, statements: string[]): string[] {
  return [`set local role ${escapeIdentifier(role)}`, ...statements, 'reset role'];
}
