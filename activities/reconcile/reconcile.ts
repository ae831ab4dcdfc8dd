import type { Step } from '../../contract/operations/steps';
import { failure } from '../../providers/port/failures';
import { retrySetAside } from '../../registry/billing/set-aside';
import { listExpected, recordDrift, reopenLost, settleDrift, type Drift } from '../../registry/ledger/drift';
import type { LedgerRow } from '../../registry/ledger/ledger';
import { findProvisioned } from '../../registry/operations/operations';
import type { Dependencies } from '../dependencies';
import { eachRow } from '../effects/each-row';
import type { Activities } from '../operations/interface';
import { createIdentity } from '../provision/identity';
import { createIntegrations } from '../provision/integrations';

interface Needed extends Pick<Dependencies, 'billing' | 'effects' | 'keys' | 'pool' | 'signal'> {
  keycloak: Pick<Dependencies['keycloak'], 'adminUser' | 'groups' | 'organization'>;
  kinds: Pick<Dependencies['kinds'], 'find' | 'of'>;
}

/** A resource, and how it differs from the ledger. */
interface Compared {
  row: LedgerRow;
  differences: Drift[];
}

/** Reconciling: compares what a tenant has with the ledger, and restores what the ledger says. */
export function createReconcile(dependencies: Needed): Pick<Activities, 'reconcileStep'> {
  const { effects, kinds, pool } = dependencies;
  const { createOrganization } = createIdentity(dependencies);
  const { setUpIntegrations } = createIntegrations(dependencies);

  /** Makes again what the step of the tenant's provisioning has made. Other steps have nothing that can be made again. */
  const again: Partial<Record<Step, (operationId: string) => Promise<void>>> = {
    identity: (operationId) => createOrganization({ operationId, step: 'identity' }),
    integrations: (operationId) => setUpIntegrations({ operationId, step: 'integrations', again: true }),
  };

  async function compare(tenantId: string, step: Step): Promise<Compared[]> {
    const compared: Compared[] = [];
    await eachRow(await listExpected(pool, tenantId, step), async (row) => {
      const { resourceId } = row;
      const differences = (await effects.compare(row)).map((difference) => ({ ...difference, resourceId }));
      compared.push({ row, differences });
    });
    return compared;
  }

  /**
   * Makes again what the step of the tenant's provisioning has made and was lost, unless one of it cannot be: the others may depend on it. Resolves
   * with whether anything was made.
   */
  async function remake(
    { provisionedBy }: { provisionedBy: string },
    step: Step,
    all: readonly Compared[],
  ): Promise<boolean> {
    // What follows its settings was made by another operation, and is mended afterwards.
    const compared = all.filter(({ row }) => kinds.find(row.provider, row.kind).kind.specOf === undefined);
    const lost = compared.filter(({ differences }) => differences.some(isLoss)).map(({ row }) => row);
    // An earlier attempt has begun, and may have made what was lost already.
    const begun = compared.some(({ row }) => row.state === 'intended');
    const make = again[step];
    if (!make || (lost.length === 0 && !begun)) return false;
    if (!lost.every((row) => kinds.find(row.provider, row.kind).kind.remakeable)) return false;
    const rows = lost.filter(({ state }) => state !== 'intended').map(({ resourceId }) => resourceId);
    await reopenLost(
      pool,
      rows,
      compared.map(({ row }) => row.resourceId),
    );
    await make(provisionedBy);
    return true;
  }

  return {
    async reconcileStep({ operationId, step, dryRun }) {
      const tenant = await findProvisioned(pool, operationId);
      if (!tenant) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
      const look = async (): Promise<Compared[]> => {
        const compared = await compare(tenant.tenantId, step);
        await recordDrift(pool, operationId, driftOf(compared));
        return compared;
      };
      let compared = await look();
      if (dryRun) return;
      if (step === 'integrations') await retrySetAside(pool, tenant.tenantId);
      // What was made again is open, whatever the tenant's access is.
      if (await remake(tenant, step, compared)) compared = await look();
      // An earlier attempt may have mended a resource and lost the answer: the ledger still has to be told.
      const differing = new Map(
        compared
          .filter(({ row, differences }) => differences.length > 0 || row.state === 'changing')
          .map(({ row, differences }) => [row, differences]),
      );
      await eachRow([...differing.keys()], (row) => effects.mend(operationId, row, differing.get(row)!));
      const left = differing.size === 0 ? [] : driftOf(await compare(tenant.tenantId, step));
      await settleDrift(pool, operationId, step, left);
    },
  };
}

function isLoss({ what, is }: Drift): boolean {
  return what === 'existence' && is === 'absent';
}

function driftOf(compared: readonly Compared[]): Drift[] {
  return compared.flatMap(({ differences }) => differences);
}
