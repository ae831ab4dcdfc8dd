import { appendAudit } from '../registry/audit';
import { announce } from '../registry/audit-once';
import { transaction } from '../registry/database';
import { listResources } from '../registry/ledger';
import { findTemplate } from '../registry/operations';
import { unlessKeyDestroyed } from '../registry/tenant-keys';
import type { Dependencies } from './dependencies';

/** Named in the audit trail when a login is set again. */
const ACTOR = 'tend-logins';

/**
 * Sets a tenant's logins again that have changed their own password or settings, so that the stored password opens them and the plan's defaults
 * hold. The audit trail says so before and after. A login whose password cannot be read any more is left alone.
 */
export async function tendLogins(
  { effects, pool, postgres, signal }: Dependencies,
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
      ...{ tenantId, operationId, region: row.region, cell: row.cell, name: row.name },
      ...{ id: row.externalId ?? undefined, spec: template.resources.database, intendedAt: row.intendedAt },
      idempotencyKey: `${operationId}:${row.kind}:${row.generation}`,
      secrets: effects.secrets(tenantId, row.kind),
      signal: signal(),
    };
    const changed = (await unlessKeyDestroyed(kind.drift(context))) ?? [];
    if (changed.length === 0) continue;
    const about = { tenantId, operationId, actor: ACTOR, detail: { login: row.name, changed } };
    await announce(pool, { ...about, action: 'login.restoring' }, { until: ['login.restored'] });
    await kind.create(context);
    await transaction(pool, (client) => appendAudit(client, { ...about, action: 'login.restored' }));
  }
}
