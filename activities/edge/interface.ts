import type { StepInput } from '../operations/step';

/** The activities with which an operation connects a tenant's custom domain at the edge, or disconnects it. */
export interface DomainConnectionActivities {
  /** Gives the tenant's route the host name that the operation is to serve, or none. `compensateStep` can go back to the one from before. */
  connectDomain(input: StepInput): Promise<void>;
  /** Asks the edge for the domain over TLS, as its users do, and records the answer as evidence. */
  verifyDomain(input: StepInput): Promise<void>;
}
