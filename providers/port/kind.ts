import type { Difference } from '../../contract/operations/reconcile';
import type { Access, Settings } from '../../contract/tenants/access';

/** One resource of one tenant, as a {@link ResourceKind} sees it. */
export interface ResourceContext<Spec = unknown> {
  tenantId: string;
  operationId: string;
  region: string;
  /**
   * The cell that the reservation chose for this resource. The ledger row has it from the start, so `remove` knows where to look. Empty for
   * kinds without cells.
   */
  cell: string;
  /** The kind's `name(tenantId)`, already derived. */
  name: string;
  spec: Spec;
  /** The provider's id; undefined until the ledger has recorded it. */
  id: string | undefined;
  /** When the ledger row was written. Anything the provider made for it is newer (allow a minute for clock differences). */
  intendedAt: Date;
  /** `operationId:kind:generation`. Unchanged until a definite failure, so an idempotent API answers a retry with the first result. */
  idempotencyKey: string;
  secrets: ResourceSecrets;
  /** Aborts when the activity is cancelled or times out; pass it to every client that accepts a signal. */
  signal: AbortSignal;
}

/** Secrets of one resource, encrypted under the tenant's key before they are stored. Each kind chooses its own names, e.g. `password`. */
export interface ResourceSecrets {
  /** The stored secret. If there is none, stores the value of `make()` **before** returning it, so it is safe to set at the provider. */
  obtain(name: string, make: () => string): Promise<string>;
  /** Stores a secret that the provider generated, replacing any earlier one. */
  store(name: string, value: string): Promise<void>;
  /** The stored secret, or undefined. */
  read(name: string): Promise<string | undefined>;
}

/**
 * State of a name at the provider.
 * - `present`: ours and complete.
 * - `partial`: ours but incomplete, after a crash or a partial success; `create` completes it.
 * - `scheduled`: ours and scheduled for deletion. It can be restored until the provider deletes it; `facts` say when.
 * - `foreign`: not ours. Never adopted, never deleted.
 */
export type Found =
  | { state: 'absent' }
  | { state: 'present' | 'partial' | 'scheduled'; id: string; facts?: Record<string, unknown> }
  | { state: 'foreign' };

/** Result of `create`: the provider's id, and facts for the ledger (never secrets). */
export interface Created {
  id: string;
  facts?: Record<string, unknown>;
}

/** A resource found by `list` at the provider that carries our name or tags. */
export interface Listed {
  tenantId: string;
  name: string;
  id: string;
  /** Set by kinds with cells: the cell that holds the resource, which `remove` needs to find it. */
  cell?: string;
}

/**
 * How one kind of resource is found, made, removed and listed at its provider. Implementations are idempotent and stateless and do nothing
 * else: `effect` decides the order of calls and owns retries, ledger rows and fences. Methods throw the client's own errors, which
 * `failures.ts` classifies by the adapter's table, or a catalogue failure.
 */
export interface ResourceKind<Spec = unknown> {
  /** Name of the kind: a kebab-case noun, unique in the project, e.g. `bucket`, `postgres-schema`. */
  readonly kind: string;
  /** The provider that holds the resource: `postgres`, `versity`, `aws`, `kubernetes`, `keycloak`, `stripe` or `registry`. */
  readonly provider: string;
  /** Set for resources outside any region: the ledger records them under `global`, and they are listed only once. */
  readonly global?: true;
  /**
   * Set if a request delivered twice takes effect only once: the client sends idempotency keys, or no proxy can repeat its requests.
   * For all other kinds, a second delivery may recreate a resource that an undo has just removed, so the undo checks again later.
   */
  readonly actsOnce?: true;
  /** The resource's name at the provider, derived from the tenant id alone. */
  name(tenantId: string): string;
  /** State at the provider. Without a spec (during compensation) only existence is checked, not completeness. */
  find(context: ResourceContext<Spec | undefined>): Promise<Found>;
  /** Makes the resource, or completes a partial one. Safe to repeat. */
  create(context: ResourceContext<Spec>): Promise<Created>;
  /**
   * Gives a resource that is there these settings. Absent from kinds of which nothing can be changed. Safe to repeat, and from any earlier
   * settings. What goes on beyond the new access is ended: connections, sessions. `find` still says `present`, `remove` works as before,
   * and back with the earlier settings the resource is what it was.
   */
  update?(context: ResourceContext<undefined>, settings: Settings): Promise<void>;
  /**
   * Which access the tenant really has: tried from outside with the tenant's own credentials where it has any, not read from a setting.
   * Every kind that has `update` has it.
   */
  access?(context: ResourceContext<undefined>): Promise<Access>;
  /** What `read-only` comes to where the provider has no such state; absent where it has. */
  readonly readOnlyMeans?: 'open' | 'closed';
  /**
   * Set if a lost one can be made again with nothing lost: it holds nothing but what the order and the ledger say, or what is recorded elsewhere.
   * A kind that holds a customer's data never has it, because an empty replacement would hide the loss.
   */
  readonly remakeable?: true;
  /** How the resource differs from these facts of the ledger, beside its existence and its access; empty if it does not. */
  differences?(context: ResourceContext<undefined>, facts: Record<string, unknown>): Promise<Difference[]>;
  /** Makes the resource again as these facts of the ledger say. Every kind that has `differences` has it. */
  mend?(context: ResourceContext<undefined>, facts: Record<string, unknown>): Promise<void>;
  /**
   * What `find` compares the resource with, by a kind whose settings say all that it is. `update` with the same settings mends every difference,
   * and makes a lost resource again.
   */
  specOf?(settings: Settings): unknown;
  /**
   * What belongs to the resource and outlives it, as facts for the ledger. Asked before every `remove`, by kinds that leave something alone;
   * undefined if the resource is not there any more.
   */
  keeps?(context: ResourceContext<undefined>): Promise<Record<string, unknown> | undefined>;
  /** Removes the resource with all its contents. Succeeds if it is absent, and leaves a foreign one alone. `spec` may be undefined here. */
  remove(context: ResourceContext<Spec | undefined>): Promise<void>;
  /** All our resources of this kind in the region; for global kinds, all there are. */
  list(region: string, signal: AbortSignal): AsyncIterable<Listed>;
}
