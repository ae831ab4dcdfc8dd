import type { Difference } from '../../contract/operations/reconcile';
import type { Step } from '../../contract/operations/steps';
import type { Access, Settings } from '../../contract/tenants/access';
import type { LedgerRow } from '../../registry/ledger/ledger';
import type { Created, Found, ResourceSecrets } from '../../providers/port/kind';
import { createConverge, type Change } from './converge';
import { createDrift } from './drift';
import { createEnsure, type Target } from './ensure';
import { createLookUp } from './look-up';
import { createRelease, type Orphan } from './release';
import { secretsOf, type EffectDependencies, type RegisteredKind } from './resource-context';

/** The only way in which anything is made or removed at a provider. */
export interface Effects {
  /**
   * Makes sure the resource exists: ledger row first, then find, create if needed, then `present`. Throws `ResourceNotOurs` when the name
   * belongs to someone else's resource, and `CompensationBegun` when the run is being compensated – after removing what it just made.
   */
  ensure<Spec>(registered: RegisteredKind<Spec>, target: Target, spec: Spec): Promise<Created>;
  /**
   * Gives every resource that the step is about these settings, oldest first: the ledger first, with the settings from before, then the
   * provider. Settings that are not given stay as they are, and kinds of which nothing can be changed are left out. Throws `CompensationBegun` when the operation is being compensated.
   */
  convergeStep(change: Change, settings: Partial<Settings>): Promise<void>;
  /**
   * Compensates a step's changes: gives each resource that the operation has changed the settings it had before, newest first. Repeated until
   * none of the operation's own requests can take effect any more.
   */
  revertStep(operationId: string, step: Step): Promise<void>;
  /**
   * Tries from outside what the tenant can do with a resource whose kind has `access`, and compares it with what it should be. Throws
   * `TenantKeyDestroyed` if that takes credentials that were encrypted under a destroyed key.
   */
  tryAccess(row: LedgerRow, wanted: Access): Promise<{ passed: boolean; answered: Access }>;
  /**
   * Compensates a step: fences its ledger rows and releases them, newest first. A row that fails does not hold up the others, except that a
   * provider that asked us to wait gets no more requests. The first failure is thrown at the end, to be retried.
   */
  releaseStep(operationId: string, step: Step): Promise<void>;
  /**
   * Releases like {@link releaseStep}, but all that the tenant has of the step, whatever operation has made it. Nothing can be made or changed
   * back afterwards.
   */
  releaseTenantStep(of: { tenantId: string; step: Step }): Promise<void>;
  /**
   * Removes a resource without a ledger row – the caller has checked that – and only if it is ours. Resolves once the provider confirms
   * that it is gone; `not-there` if it was absent already or is someone else's.
   */
  releaseOrphan(orphan: Orphan): Promise<'removed' | 'not-there'>;
  /** Asks the provider whether the resource of a ledger row is there, and with a spec whether it is complete. Changes nothing. */
  lookUp(row: LedgerRow, spec?: unknown): Promise<Found>;
  /** Asks the provider whether the resource of a ledger row is there. Changes nothing, neither there nor in the ledger. */
  lookUp(row: LedgerRow): Promise<Found>;
  /**
   * Compares a resource with its ledger row: whether it is there, how far the tenant may use it, and what its kind compares. An answer that does
   * not come is thrown and is never a difference. Changes nothing.
   */
  compare(row: LedgerRow): Promise<Difference[]>;
  /** Restores what the ledger says of a resource that exists. */
  mend(operationId: string, row: LedgerRow, differences: readonly Difference[]): Promise<void>;
  /** Secrets of one tenant's resource, as kinds see them. */
  secrets(tenantId: string, kind: string): ResourceSecrets;
}

/** Builds {@link Effects} on the registry's ledger. */
export function createEffects(dependencies: EffectDependencies): Effects {
  const { convergeRow, ...converge } = createConverge(dependencies);
  const lookUp = createLookUp(dependencies);
  return {
    ensure: createEnsure(dependencies),
    ...converge,
    ...createRelease(dependencies),
    ...createDrift(dependencies, { convergeRow, lookUp, tryAccess: converge.tryAccess }),
    lookUp,
    secrets: (tenantId, kind) => secretsOf(dependencies, tenantId, kind),
  };
}
