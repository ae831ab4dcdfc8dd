import type { Step } from '../contract/steps';
import type { TenantProvisioningRequest } from '../contract/order';
import type { ProvisioningTemplate } from '../templates/template';

/** One resource of one tenant, as a {@link ResourceKind} sees it. */
export interface ResourceContext<Spec = unknown> {
  tenantId: string;
  operationId: string;
  region: string;
  /** The cell of the region the reservation chose for it, kept in the ledger from intent on, so that `remove` knows where to look. Empty for kinds without cells. */
  cell: string;
  /** The kind's `name(tenantId)`, already derived. */
  name: string;
  spec: Spec;
  /** The provider's id, once the ledger knows it. */
  id: string | undefined;
  /** When the ledger row was written; whatever the provider holds of it is younger (allow a minute for its clock). */
  intendedAt: Date;
  /** `operationId:kind:generation`; stays the same until a definite failure, so an idempotent API answers a repeat with the first result. */
  idempotencyKey: string;
  secrets: ResourceSecrets;
  /** Aborts when the activity is cancelled or times out; hand it to clients that take one. */
  signal: AbortSignal;
}

/** Secrets of one resource, encrypted under the tenant's key before they are stored. Names are the kind's own, for instance `password`. */
export interface ResourceSecrets {
  /** The stored secret; if there is none, `make()` is called and its value stored **before** it is returned, so it can be set at the provider. */
  obtain(name: string, make: () => string): Promise<string>;
  /** Stores a secret the provider generated, replacing an earlier one. */
  store(name: string, value: string): Promise<void>;
  /** The stored secret, or undefined. */
  read(name: string): Promise<string | undefined>;
}

/**
 * What a provider holds under a name.
 * - `present`: ours and complete.
 * - `partial`: ours, but half-made (a crash, a partial success): `create` completes it.
 * - `scheduled`: ours, removed, and kept by the provider for some days in which it can be taken back; `facts` say until when.
 * - `foreign`: somebody else's. Never adopted, never deleted.
 */
export type Found =
  | { state: 'absent' }
  | { state: 'present' | 'partial' | 'scheduled'; id: string; facts?: Record<string, unknown> }
  | { state: 'foreign' };

/** What `create` made: the provider's id, and facts worth keeping in the ledger (never secrets). */
export interface Created {
  id: string;
  facts?: Record<string, unknown>;
}

/** One thing `list` met at the provider that carries our name or tags. */
export interface Listed {
  tenantId: string;
  name: string;
  id: string;
  /** For kinds with cells: the one it lies in, without which `remove` would not know where to look. */
  cell?: string;
}

/**
 * How one kind of resource is found, made, removed and listed at its provider. Implementations are idempotent and stateless and do
 * nothing else: when to call what, retries, records and fences belong to `effect`. Errors are thrown as they come from the client or
 * as a `ProvisioningFailure`; `failures.ts` classifies them by the adapter's table.
 */
export interface ResourceKind<Spec = unknown> {
  /** The kind, a kebab-case noun, unique in the project: `bucket`, `postgres-schema`. */
  readonly kind: string;
  /** Who holds it: `postgres`, `versity`, `aws`, `kubernetes`, `keycloak`, `stripe`, `registry`. */
  readonly provider: string;
  /** Belongs to no region: the ledger has it in `global`, and it is listed once. */
  readonly global?: true;
  /** Name at the provider, from the tenant id alone. */
  name(tenantId: string): string;
  /** What the provider holds. Without a spec (compensation) it tells absent from not absent; completeness is not asked then. */
  find(context: ResourceContext<Spec | undefined>): Promise<Found>;
  /** Makes it, or completes it where it is half-made. Safe to repeat. */
  create(context: ResourceContext<Spec>): Promise<Created>;
  /** Removes it with everything inside. An absent one is a success; someone else's is left alone. `spec` may be undefined here. */
  remove(context: ResourceContext<Spec | undefined>): Promise<void>;
  /** Everything of ours of this kind in the region (for global providers: anywhere). */
  list(region: string, signal: AbortSignal): AsyncIterable<Listed>;
}

/** What the steps of one operation work from; loaded and decrypted inside activities, never in workflow code. */
export interface OperationContext {
  operationId: string;
  tenantId: string;
  region: string;
  step: Step;
  order: TenantProvisioningRequest;
  /** The plan's template with the order's customizations applied. */
  template: ProvisioningTemplate;
}
