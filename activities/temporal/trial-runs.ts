import { trialStart } from '../../contract/temporal/run-starts';
import { startRun, type RunStarter } from '../../contract/temporal/start-run';
import type { TrialInput } from '../../contract/tenants/trials';

/** Lets activities start the runs that watch trials. Throws when Temporal does not answer. */
export interface TrialRuns {
  /** Starts the trial's run, or does nothing while that run is open. */
  begin(input: TrialInput): Promise<void>;
}

/** {@link TrialRuns} on the running activity's own client. */
export function createTrialRuns(client: () => RunStarter): TrialRuns {
  return {
    begin: async (input) => void (await startRun(client(), trialStart(input))),
  };
}
