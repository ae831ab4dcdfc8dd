import { log } from '@temporalio/workflow';
import { awaitResolution, settleResolution } from './resolutions';
import type { Run } from './run';

/** Two parts of the work on what is left. */
interface Leaving {
  /** Tries again to remove what is left. */
  again(): Promise<void>;
  /** Records what is left and moves the run to the status that follows from it. */
  conclude(): Promise<void>;
}

/** Concludes, and does so again after every decision of an operator, until no leftover remains that no operator has accepted. */
export async function awaitNothingLeft(run: Run, { again, conclude }: Leaving): Promise<void> {
  await conclude();
  while (run.status === 'needs_operator') {
    log.error('Leftovers need an operator; the run stays open', { leftovers: run.leftovers.length });
    const { verb } = (await awaitResolution(run, []))!;
    if (verb === 'retry') await again();
    settleResolution(run);
    await conclude();
  }
}
