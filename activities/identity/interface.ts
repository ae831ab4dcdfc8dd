import type { StepInput } from '../operations/step';

/** The activities with which an operation configures a tenant's single sign-on. */
export interface SsoActivities {
  /**
   * Gives the tenant's identity provider the connection that was sealed under the operation, or none. The connection from before is kept, so that
   * `compensateStep` can go back to it.
   */
  configureSso(input: StepInput): Promise<void>;
  /** Asks the provider whether the identity provider is as the operation wants it, and records the answer as evidence. */
  verifySso(input: StepInput): Promise<void>;
  /** Deletes the connections of operations that have ended, except the one that the tenant has. */
  forgetUnusedSso(input: { operationId: string }): Promise<void>;
}
