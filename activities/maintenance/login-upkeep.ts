import { appendAudit } from '../../registry/audit/trail';
import { announce } from '../../registry/audit/append-once';
import { transaction } from '../../registry/database';
import { listResources } from '../../registry/ledger/ledger';
import { findTemplate } from '../../registry/operations/operations';
import { ignoreDestroyedKey } from '../../registry/keys/tenant-keys';
import type { LoginKind } from '../../providers/postgres/logins/login';
import type { Dependencies } from '../dependencies';

/** Actor in the audit trail when a login is reset. */
const ACTOR = 'login-upkeep';

/** What {@link maintainLogins} takes. */
export interface LoginUpkeepDependencies extends Pick<Dependencies, 'pool' | 'signal'> {
  effects: Pick<Dependencies['effects'], 'secrets'>;
  postgres: Record<'login' | 'readonlyLogin', Pick<LoginKind, 'create' | 'drift' | 'kind'>>;
}

/**
 * Resets a tenant's logins that have changed their own password or settings, so that the stored password opens them and the plan's defaults
 * apply. The audit trail records it before and after. A login whose password can no longer be read is left alone.
 */
export async function maintainLogins(
  { effects, pool, postgres, signal }: LoginUpkeepDependencies,
  { tenantId, operationId }: { tenantId: string; operationId: string },
): Promise<void> {
  const rows = (await listResources(pool, tenantId)).filter(
    ({ kind, state }) => state === 'present' && (kind === 'postgres-login' || kind === 'postgres-readonly'),
  );
  if (rows.length === 0) return;
  const template = await findTemplate(pool, operationId);
  if (!template) return;
  for (const row of rows) {
    const kind = row.kind === postgres.login.kind ? postgres.login : postgres.readonlyLogin;
    const context = {
      tenantId,
      operationId,
      region: row.region,
      cell: row.cell,
      name: row.name,
      id: row.externalId ?? undefined,
      spec: template.resources.database,
      intendedAt: row.intendedAt,
      idempotencyKey: `${operationId}:${row.kind}:${row.generation}`,
      secrets: effects.secrets(tenantId, row.kind),
      signal: signal(),
    };
    const changed = (await ignoreDestroyedKey(kind.drift(context))) ?? [];
    if (changed.length === 0) continue;
    const about = { tenantId, operationId, actor: ACTOR, detail: { login: row.name, changed } };
    await announce(pool, { ...about, action: 'login.restoring' }, { until: ['login.restored'] });
    await kind.create(context);
    await transaction(pool, (client) => appendAudit(client, { ...about, action: 'login.restored' }));
  }
}
