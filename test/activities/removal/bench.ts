import { randomUUID } from 'node:crypto';
import { createEffects } from '../../../activities/effects/effect';
import type { RegisteredKind } from '../../../activities/effects/resource-context';
import { createCertify } from '../../../activities/removal/certify';
import type { ProofActivities } from '../../../activities/removal/interface-proof';
import { createProof } from '../../../activities/removal/prove';
import type { Step } from '../../../contract/operations/steps';
import type { Found, Listed, ResourceKind } from '../../../providers/port/kind';
import type { AuditSigner } from '../../../providers/keys/audit-signer';
import { createRegistryKinds } from '../../../providers/registry/kinds';
import { registerAuditKey } from '../../../registry/audit/heads';
import { listResources, type LedgerRow } from '../../../registry/ledger/ledger';
import { acceptChange } from '../../../registry/operations/change-acceptance';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { testSigner } from '../../helpers/audit/audit-chain';
import type { TestRegistry } from '../../helpers/registry';

/** What a provider in memory answers about a removed thing; each is used up, and then the thing is absent. */
export interface Answers {
  lookups?: (Found | Error)[];
  listings?: (Listed[] | Error)[];
}

/** A kind whose provider answers as it is told. Nothing can be made of it but a ledger row. */
export function answeringKind(kind: string, { lookups = [], listings = [] }: Answers = {}) {
  const asked = { lookups: 0, listings: 0 };
  const next = <T>(answers: (T | Error)[], otherwise: T): T => {
    const answer = answers.shift() ?? otherwise;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const made: ResourceKind = {
    kind,
    provider: 'memory',
    actsOnce: true,
    name: (tenantId) => `t-${tenantId}`,
    find: async () => {
      asked.lookups += 1;
      return next<Found>(lookups, { state: 'absent' });
    },
    create: ({ name }) => Promise.resolve({ id: name }),
    remove: () => Promise.resolve(),
    async *list() {
      asked.listings += 1;
      yield* next<Listed[]>(listings, []);
    },
  };
  const registered: RegisteredKind = { kind: made, classify: () => undefined };
  return { asked, registered };
}

/** A tenant that is being removed. */
export interface Leaving {
  tenantId: string;
  operationId: string;
  rows(): Promise<LedgerRow[]>;
  /** The activities, as one run calls them. */
  activities: ProofActivities;
}

/** A kind of which every tenant gets one, made to this spec. */
export interface Given {
  registered: RegisteredKind;
  spec?: object;
}

/** Removes tenants that have these things, made in this order, and nothing else but their key. */
export async function removalBench(registry: TestRegistry, given: Given[], invoices: string[] = []) {
  const { pool, keys } = registry;
  const signer: AuditSigner = testSigner();
  const { kid } = await signer.publicJwk();
  await registerAuditKey(pool, kid, await signer.publicJwk());
  const tenantKey = { kind: createRegistryKinds(pool, keys).tenantKey, classify: () => undefined } as RegisteredKind;
  const kindOf = (provider: string, name: string): RegisteredKind => {
    const all = [...given.map(({ registered }) => registered), tenantKey];
    const found = all.find(({ kind }) => kind.kind === name && kind.provider === provider);
    if (!found) throw new Error(`There is no kind ${name} of ${provider}.`);
    return found;
  };
  const signal = (): AbortSignal => AbortSignal.timeout(60_000);
  const effects = createEffects({ pool, keys, kindOf, signal, lateRequestSeconds: 0, repeatedRequestSeconds: 0 });

  /** The activities of one run: a run that is started again is another. */
  const activities = (run: string): ProofActivities => ({
    ...createProof({ activity: () => run, effects, kinds: { find: kindOf }, pool, signal }),
    ...createCertify({
      auditSigner: signer,
      billing: {
        classify: () => undefined,
        listInvoiceNames: () => Promise.resolve(invoices.map((number) => ({ id: `in_${number}`, number }))),
      },
      pool,
      signal,
    }),
  });

  /** A tenant whose removal is past its pivot and has released everything but these kinds, which an operator has taken over. */
  async function leaving(accepted: string[] = []): Promise<Leaving> {
    const { tenantId, operationId: provisioning } = await acceptTenant(registry);
    const step: Step = 'reserve';
    await pool.query(`update operation set status = 'provisioning', region = 'eu-central' where operation_id = $1`, [
      provisioning,
    ]);
    for (const { registered, spec = {} } of given) {
      const region = registered.kind.global ? 'global' : 'eu-central';
      const cell = registered.kind.provider === 'postgres' ? { cell: 'cell-1' } : {};
      await effects.ensure(registered, { operationId: provisioning, tenantId, step, region, ...cell }, spec);
    }
    await pool.query(`update operation set status = 'active' where operation_id = $1`, [provisioning]);
    const change = await acceptChange(pool, keys, {
      kind: 'deprovision',
      tenantId,
      caller: 'token:signup',
      requestHash: Buffer.from(randomUUID()),
      parameters: { access: 'closed', reason: 'customer_request', graceDays: 0 },
    });
    if (change.outcome !== 'accepted') throw new Error(change.outcome);
    const { operationId } = change.run;
    await pool.query(`update operation set status = 'removing', pivot_at = clock_timestamp() where operation_id = $1`, [
      operationId,
    ]);
    await pool.query(
      `update resource set state = 'accepted', updated_at = now() where tenant_id = $1 and kind = any($2)`,
      [tenantId, accepted],
    );
    await effects.releaseStep(provisioning, step);
    return {
      tenantId,
      operationId,
      rows: () => listResources(pool, tenantId),
      activities: activities(`run-of-${tenantId}/1`),
    };
  }

  return { activities, effects, leaving, signer };
}
