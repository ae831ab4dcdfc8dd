import { randomBytes } from 'node:crypto';
import type { OperationParameters } from '../../../contract/operations/inputs';
import type { ResourceState } from '../../../registry/ledger/ledger';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { recordOutcome } from '../../../registry/operations/transitions';
import type { TestRegistry } from '../registry';

/** Has a registry accept the removal of a tenant that is active or suspended. Resolves with the operation's id. */
export async function acceptRemoval(
  { pool, keys }: TestRegistry,
  tenantId: string,
  parameters: OperationParameters = {},
): Promise<string> {
  const accepted = await acceptChange(pool, keys, {
    kind: 'deprovision',
    tenantId,
    caller: 'token:offboarding',
    requestHash: randomBytes(32),
    parameters: { access: 'closed', reason: 'customer_request', graceDays: 0, ...parameters },
  });
  if (accepted.outcome !== 'accepted') throw new Error(accepted.outcome);
  return accepted.run.operationId;
}

/** Takes a removal to its pivot and past it. */
export async function passPivot({ pool }: TestRegistry, operationId: string): Promise<void> {
  for (const status of ['running', 'grace', 'removing'] as const) await recordOutcome(pool, { operationId, status });
}

/** Adds a ledger row of this kind and state, as a run would have left it. */
export async function addRow(
  { pool }: TestRegistry,
  row: { tenantId: string; operationId: string; step: string; kind: string; state?: ResourceState },
): Promise<void> {
  const { tenantId, operationId, step, kind, state = 'present' } = row;
  await pool.query(
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, external_id, state)
     values ($1, $2, $3, $4, 'memory', 'eu', $5, $5, $6)`,
    [tenantId, operationId, step, kind, `${kind}-${tenantId}`, state],
  );
}
