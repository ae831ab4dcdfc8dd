import type { Leftover } from '../../contract/operations/messages';
import type { OperationStatus } from '../../contract/operations/states';
import type { Step } from '../../contract/operations/steps';
import type { StepInput, StepReport } from '../operations/step';
import type { ExportActivities } from './interface-export';
import type { ProofActivities } from './interface-proof';

/** What keeps a removal from passing its pivot. */
export interface RemovalObstacle {
  /** `grace`: the announced date has not come; `legal-hold`: a legal hold stands. */
  obstacle: 'grace' | 'legal-hold';
  /** ISO 8601; absent for a legal hold without an end. */
  until?: string;
}

/** The activities of the removal of a tenant. All throw failures of the catalogue. */
export interface RemovalActivities extends ExportActivities, ProofActivities {
  /**
   * Records when the tenant is to be removed: the grace period counts from the first time this is called, by the registry's clock. Resolves
   * with the date that stands, in ISO 8601.
   */
  announceRemoval(input: StepInput & { graceSeconds: number }): Promise<{ removalAt: string }>;
  /** What keeps the removal from passing its pivot now; empty if nothing does. */
  findRemovalObstacle(input: StepInput): Promise<Partial<RemovalObstacle>>;
  /**
   * The pivot of a removal, in one transaction that locks the tenant: compare-and-set to `removing`, unless the date has not come or a legal
   * hold stands. From then on the ledger also has a row for the tenant's backups.
   */
  beginRemoval(input: StepInput & { steps: StepReport[] }): Promise<{ answer: 'committed' | 'refused' | 'too-early' }>;
  /**
   * Releases everything the tenant has of this step of its provisioning, newest first. Attempts count for the step `remove`. Repeated until the
   * providers confirm that nothing of it is there.
   */
  releaseTenantStep(input: StepInput & { of: Step }): Promise<void>;
  /** Ends backups and deletes what the tenant has in the registry beside the ledger: API keys, claims, secrets, mail, scans, configuration. */
  forgetTenant(input: StepInput): Promise<void>;
  /**
   * Records what is left of the tenant: `needs_operator` with the leftovers, or `removing` if there are none. `keysToo`: what the step
   * `reserve` has made counts as well.
   */
  concludeRemoval(input: {
    operationId: string;
    keysToo: boolean;
  }): Promise<{ status: OperationStatus; leftovers: Leftover[] }>;
}
