import { transaction, type Queryable } from '../../registry/database';
import { appendAudit } from '../../registry/audit/trail';
import { endBackups, recordRemovals } from '../../registry/backups/retirement';
import { addBackups } from '../../registry/ledger/tenant-release';
import { recordOutcome, recordOutcomeIn } from '../../registry/operations/transitions';
import { findLegalHold } from '../../registry/tenants/legal-holds';
import { forgetBelongings } from '../../registry/tenants/forgetting';
import { announceRemoval, findRemoval, type Removal } from '../../registry/tenants/removals';
import { failure } from '../../providers/port/failures';
import { backupsFolder } from '../../providers/storage/vault/backups';
import type { Dependencies } from '../dependencies';
import { leftoverOf, listUnremoved } from '../operations/leftovers';
import { retryable } from '../operations/run-records';
import type { RemovalActivities, RemovalObstacle } from './interface';

type Removing = Pick<
  RemovalActivities,
  'announceRemoval' | 'findRemovalObstacle' | 'beginRemoval' | 'releaseTenantStep' | 'forgetTenant' | 'concludeRemoval'
>;

/** The removal of a tenant: its date, its pivot, and the release of everything that the tenant has. */
export function createRemoval({
  effects,
  pool,
  sendLastUsage,
}: Pick<Dependencies, 'pool'> & {
  effects: Pick<Dependencies['effects'], 'releaseTenantStep'>;
  /** Called before the tenant's account at the billing provider is closed. */
  sendLastUsage(tenantId: string): Promise<void>;
}): Removing {
  return {
    async announceRemoval({ operationId, graceSeconds }) {
      const removalAt = await announceRemoval(pool, operationId, graceSeconds);
      if (!removalAt) throw noOperation(operationId);
      return { removalAt: removalAt.toISOString() };
    },

    async findRemovalObstacle({ operationId }) {
      return (await findObstacle(pool, await requireRemoval(pool, operationId))) ?? {};
    },

    async beginRemoval({ operationId, steps }) {
      const { tenantId } = await requireRemoval(pool, operationId);
      return transaction(pool, async (client) => {
        // A legal hold is placed under the tenant's lock. Other transactions lock an operation before its tenant.
        await client.query(`select from operation where operation_id = $1 for update`, [operationId]);
        await client.query(`select from tenant where tenant_id = $1 for update`, [tenantId]);
        const removal = await requireRemoval(client, operationId);
        if (!removal.begun && (await findObstacle(client, removal))) return { answer: 'too-early' as const };
        const answer = await recordOutcomeIn(client, { operationId, status: 'removing', steps });
        if (answer === 'committed') await addBackups(client, { tenantId, operationId, name: backupsFolder(tenantId) });
        return { answer };
      });
    },

    async releaseTenantStep({ operationId, of }) {
      const tenantId = await requireBegun(pool, operationId);
      try {
        if (of === 'integrations') await sendLastUsage(tenantId);
        await effects.releaseTenantStep({ tenantId, step: of });
      } catch (error) {
        throw retryable(error);
      }
      if (of === 'remove') await recordRemovals(pool, tenantId);
    },

    async forgetTenant({ operationId }) {
      const tenantId = await requireBegun(pool, operationId);
      await endBackups(pool, tenantId);
      await transaction(pool, async (client) => {
        if (!(await forgetBelongings(client, tenantId))) return;
        await appendAudit(client, { tenantId, operationId, actor: 'workflow', action: 'tenant.forgotten', detail: {} });
      });
    },

    async concludeRemoval({ operationId, keysToo }) {
      const { tenantId } = await requireRemoval(pool, operationId);
      const rows = await listUnremoved(pool, tenantId);
      const leftovers = rows.filter(({ step }) => keysToo || step !== 'reserve').map(leftoverOf);
      if (leftovers.length === 0) {
        await recordOutcome(pool, { operationId, status: 'removing', leftovers });
        return { status: 'removing', leftovers };
      }
      const problem = { type: 'CompensationIncomplete', message: LEFT, step: 'remove' as const };
      await recordOutcome(pool, { operationId, status: 'needs_operator', leftovers, failure: problem });
      return { status: 'needs_operator', leftovers };
    },
  };
}

const LEFT = 'Something of the tenant could not be removed.';

async function requireRemoval(db: Queryable, operationId: string): Promise<Removal> {
  const removal = await findRemoval(db, operationId);
  if (!removal) throw noOperation(operationId);
  return removal;
}

/** The tenant of a removal that is past its pivot. Throws `StateConflict` for any other: nothing of its tenant may be removed. */
async function requireBegun(db: Queryable, operationId: string): Promise<string> {
  const { begun, tenantId } = await requireRemoval(db, operationId);
  if (!begun) throw failure('StateConflict', `Operation ${operationId} is not past the pivot of a removal.`);
  return tenantId;
}

async function findObstacle(
  db: Queryable,
  { tenantId, removalAt, due }: Removal,
): Promise<RemovalObstacle | undefined> {
  if (!due) return { obstacle: 'grace', ...untilOf(removalAt) };
  const hold = await findLegalHold(db, tenantId);
  return hold && { obstacle: 'legal-hold', ...untilOf(hold.until) };
}

function untilOf(date: Date | null): { until?: string } {
  return date ? { until: date.toISOString() } : {};
}

function noOperation(operationId: string): Error {
  return failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
}
