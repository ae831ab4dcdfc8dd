import type { ResourceKind } from '../../providers/port/kind';
import type { Check } from '../../providers/port/check';
import { failure } from '../../providers/port/failures';
import { listStanding } from '../../registry/ledger/changes';
import type { LedgerRow } from '../../registry/ledger/ledger';
import type { Settings } from '../../contract/tenants/access';
import type { Dependencies } from '../dependencies';
import { rememberingProbes } from '../verification/probes';
import { REPEAT_AFTER_MS } from '../verification/verify';
import type { StepInput } from './step';

/** What changing a single resource needs. */
export type ConfigureDependencies = Pick<Dependencies, 'activity' | 'effects' | 'kinds' | 'pool' | 'signal'>;

/** A global resource of a tenant that an operation configures. */
export interface Configured {
  operationId: string;
  tenantId: string;
  kind: string;
  /** Name of the question whether it is as it was configured, among all evidence of the tenant. */
  probe: string;
}

/** Makes the resource if the tenant has none yet, and gives it these settings. `ends`: there is nothing to do for a tenant without it. */
export async function configureResource<Spec>(
  { effects, kinds, pool }: Pick<ConfigureDependencies, 'effects' | 'kinds' | 'pool'>,
  { operationId, step, tenantId }: StepInput & { tenantId: string },
  { kind, spec, settings, ends }: { kind: ResourceKind<Spec>; spec: Spec; settings: Partial<Settings>; ends: boolean },
): Promise<void> {
  const standing = await findStanding(pool, { tenantId, kind: kind.kind });
  if (!standing && ends) return;
  if (!standing) await effects.ensure(kinds.of(kind), { operationId, tenantId, step, region: 'global' }, spec);
  await effects.convergeStep({ operationId, tenantId, step, kind: kind.kind }, settings);
}

/**
 * Asks whether the resource is as the operation wants it, if there is one, and records the answer as evidence. Throws `VerificationFailed` with
 * the words of `wrong` if it is not, even when asked again.
 */
export async function verifyConfigured(
  { activity, pool, signal }: Pick<ConfigureDependencies, 'activity' | 'pool' | 'signal'>,
  { operationId, tenantId, kind, probe }: Configured,
  ask: (row: LedgerRow) => Promise<Check>,
  wrong: (answered: string) => string,
): Promise<void> {
  const row = await findStanding(pool, { tenantId, kind });
  if (!row) return;
  const doubt = { about: ({ passed }: Check) => !passed, pausesMs: REPEAT_AFTER_MS, signal: signal() };
  const probes = await rememberingProbes(pool, { tenantId, operationId, askedBy: activity() }, doubt);
  await probes.of(row.provider, row.region)(probe, async () => [await ask(row)]);
  const failed = (await probes.keep()).find(({ passed }) => !passed);
  if (failed) throw failure('VerificationFailed', wrong(failed.answered));
}

async function findStanding(
  pool: ConfigureDependencies['pool'],
  { tenantId, kind }: Pick<Configured, 'tenantId' | 'kind'>,
): Promise<LedgerRow | undefined> {
  return (await listStanding(pool, tenantId)).find((row) => row.kind === kind);
}
