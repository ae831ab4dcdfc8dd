import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { Classify } from '../../providers/port/failures';
import type { ResourceContext, ResourceKind, ResourceSecrets } from '../../providers/port/kind';
import { ignoreDestroyedKey } from '../../registry/keys/tenant-keys';
import type { LedgerRow } from '../../registry/ledger/ledger';
import { resourceSecrets } from './resource-secrets';

/** A kind together with its adapter's classification of errors. */
export interface RegisteredKind<Spec = unknown> {
  kind: ResourceKind<Spec>;
  classify: Classify;
}

/** What making and removing resources needs. `signal` returns the running activity's abort signal. */
export interface EffectDependencies {
  pool: pg.Pool;
  keys: KeyWrapper;
  /** The kind that made a ledger row. Throws when no adapter has it. */
  kindOf(provider: string, kind: string): RegisteredKind;
  signal(): AbortSignal;
  /**
   * Seconds for which an unanswered request may still take effect at its provider. Our side of the connection is closed by then, but a
   * proxy or the provider's own queue may still hold the request.
   */
  lateRequestSeconds: number;
  /** Seconds for which an answered request may take effect once more, if a proxy delivered it twice. Ignored for kinds that act once. */
  repeatedRequestSeconds: number;
}

/** Secrets of one tenant's resource, as kinds see them. */
export function secretsOf({ pool, keys }: EffectDependencies, tenantId: string, kind: string): ResourceSecrets {
  return resourceSecrets(pool, keys, tenantId, kind);
}

/**
 * Secrets of a resource that is being removed, or looked for afterwards. Its tenant's key may be destroyed by then, and the resource must still
 * be found, so a secret that can no longer be read counts as not stored.
 */
export function leftSecrets(dependencies: EffectDependencies, tenantId: string, kind: string): ResourceSecrets {
  const secrets = secretsOf(dependencies, tenantId, kind);
  return { ...secrets, read: (name) => ignoreDestroyedKey(secrets.read(name)) };
}

/** What a kind is told about the resource of this ledger row. */
export function contextOf<Spec>(dependencies: EffectDependencies, row: LedgerRow, spec: Spec): ResourceContext<Spec> {
  return {
    tenantId: row.tenantId,
    operationId: row.operationId,
    region: row.region,
    cell: row.cell,
    name: row.name,
    spec,
    id: row.externalId ?? undefined,
    intendedAt: row.intendedAt,
    idempotencyKey: `${row.operationId}:${row.kind}:${row.generation}`,
    secrets: secretsOf(dependencies, row.tenantId, row.kind),
    signal: dependencies.signal(),
  };
}
