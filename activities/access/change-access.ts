import { listStanding } from '../../registry/ledger/changes';
import { recordOutcome } from '../../registry/operations/transitions';
import { ignoreDestroyedKey } from '../../registry/keys/tenant-keys';
import type { LedgerRow } from '../../registry/ledger/ledger';
import { failure } from '../../providers/port/failures';
import type { Check } from '../../providers/port/check';
import type { Access } from '../../contract/tenants/access';
import type { Dependencies } from '../dependencies';
import type { Activities } from '../operations/interface';
import { findOperation } from '../../registry/views/operations';
import { rememberingProbes } from '../verification/probes';
import { REPEAT_AFTER_MS } from '../verification/verify';

/** Suspending and resuming: gives what a tenant has another access, and tries from outside whether it is so. */
export function createChangeAccess(
  dependencies: Pick<Dependencies, 'activity' | 'effects' | 'kinds' | 'pool' | 'signal'>,
): Pick<Activities, 'changeAccess' | 'verifyAccess' | 'completeOperation'> {
  const { activity, effects, kinds, pool, signal } = dependencies;

  async function tenantOf(operationId: string): Promise<string> {
    const operation = await findOperation(pool, operationId);
    if (!operation) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
    return operation.tenantId;
  }

  async function ask(row: LedgerRow, wanted: Access): Promise<Check[]> {
    const trial = effects.tryAccess(row, wanted);
    // Without the key nothing can be tried with the tenant's credentials. That must not keep the tenant from being closed.
    const tried = wanted === 'closed' ? await ignoreDestroyedKey(trial) : await trial;
    if (!tried) return [];
    const { passed, answered } = tried;
    return [{ id: `access.${row.kind}`, claim: `the tenant’s ${row.kind} is ${wanted}`, passed, answered }];
  }

  return {
    async changeAccess({ operationId, step, access }) {
      await effects.convergeStep({ operationId, tenantId: await tenantOf(operationId), step }, { access });
    },

    async verifyAccess({ operationId, access, region }) {
      const tenantId = await tenantOf(operationId);
      const asker = { tenantId, operationId, askedBy: activity() };
      const doubt = { about: ({ passed }: Check) => !passed, pausesMs: REPEAT_AFTER_MS, signal: signal() };
      const probes = await rememberingProbes(pool, asker, doubt);
      const rows = (await listStanding(pool, tenantId)).filter(
        (row) => row.region === region && kinds.find(row.provider, row.kind).kind.access !== undefined,
      );
      const settled = await Promise.allSettled(
        rows.map((row) => probes.of(row.provider, region)(`access.${row.kind}`, () => ask(row, access))),
      );
      const wrong = (await probes.keep()).filter(({ passed }) => !passed);
      if (wrong.length > 0)
        throw failure(
          'VerificationFailed',
          `Tenant ${tenantId} was to be ${access}: ${wrong.map(({ id, answered }) => `${id} answered ${answered}`).join('; ')}.`,
        );
      const unanswered = settled.find((result) => result.status === 'rejected');
      if (unanswered) throw unanswered.reason;
    },

    async completeOperation({ operationId, steps }) {
      return { answer: await recordOutcome(pool, { operationId, status: 'completed', steps }) };
    },
  };
}
