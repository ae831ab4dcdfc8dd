import type { TrialEnd } from '../../contract/tenants/trials';

/** How a trial stands, by the registry's clock. */
export type TrialReport =
  | { state: 'over' }
  | {
      state: 'open';
      /** ISO 8601. */
      endsAt: string;
      then: TrialEnd;
      /** Its time has passed. */
      due: boolean;
      /** The first admin is to be reminded of the end now. */
      remind: boolean;
      /** Seconds until the next reminder or the end. */
      seconds: number;
    };

/** The activities of trials: short statements on the registry. */
export interface TrialActivities {
  /** Starts the run that watches the trial, if this provisioning has begun one. If this fails, the API's relay starts it. */
  startTrial(input: { operationId: string }): Promise<void>;
  readTrial(input: { tenantId: string }): Promise<TrialReport>;
  recordTrialReminder(input: { tenantId: string }): Promise<void>;
  /**
   * Accepts the operation that the end of the trial begins, together with the end itself. `wait`: the tenant is busy, suspended or leaving.
   * `changed`: the trial is not due any more, or it is over.
   */
  endTrial(input: { tenantId: string }): Promise<{ answer: 'ended' | 'wait' | 'changed' }>;
}
