import type { Leftover, OperationFailure } from '../../contract/operations/messages';
import type { OperationStatus } from '../../contract/operations/states';
import type { StepReport } from '../operations/step';

/** What is asked about. */
export interface ProofInput {
  operationId: string;
  /** With it, attempts are recorded as those of the step. */
  step?: 'prove';
  /** Only what the tenant had in this region, or `global`; everything when absent. The worker needs the credentials of what it asks. */
  region?: string;
}

/** The activities that prove and certify the removal of a tenant. */
export interface ProofActivities {
  /**
   * Asks every provider again about each thing that counts as removed, and keeps the answers as evidence. A resource that is still there
   * becomes a leftover again. Throws while a provider gives no answer, and the ledger says which and why; a retry repeats only the questions without a good answer. `left`: the
   * number of leftovers.
   */
  proveRemoval(input: ProofInput): Promise<{ left: number }>;
  /**
   * Records why the run waits. `needs_operator` with everything as leftovers that no provider has answered about; without such leftovers
   * only if the failure is `VerificationFailed`: the answers are there, and bear no certificate out. Otherwise `removing`. Without a
   * `failure` it records that nothing is missing any more.
   */
  concludeProof(input: {
    operationId: string;
    failure?: OperationFailure;
  }): Promise<{ status: OperationStatus; leftovers: Leftover[] }>;
  /**
   * Ends the removal: compare-and-set to `completed` and the signed certificate, in one transaction. Throws `VerificationFailed` rather than
   * sign what a verifier would not accept. Doing it twice is the same as doing it once.
   */
  certifyRemoval(input: { operationId: string; steps: StepReport[] }): Promise<{ answer: 'committed' | 'refused' }>;
}
