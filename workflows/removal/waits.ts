import { condition, defineSignal, setHandler, sleep } from '@temporalio/workflow';
import { LEGAL_HOLD_SIGNAL, type DeprovisionInput } from '../../contract/operations/messages';
import { certainActivities, recordActivities } from '../operations/proxies';
import { Run } from '../operations/run';

/** A run that removes a tenant. */
export class RemovalRun extends Run<DeprovisionInput> {
  /** Whether it has waited for the end of the grace period or of a legal hold, which may take months. */
  hasWaited = false;
}

/** Says that a legal hold on the tenant was lifted, or that its end was moved. */
export const legalHoldLifted = defineSignal(LEGAL_HOLD_SIGNAL);

/** How many times the run was told that a legal hold has changed. */
interface LiftedHolds {
  count: number;
}

/** The run asks again at least this often whether a legal hold stands, in case a signal was lost. */
const DAY_MS = 86_400_000;

/** Shortest pause before the run asks again, so that clocks that differ do not make it ask without a pause. */
const SHORTEST_PAUSE_MS = 1_000;

/** Counts the signals from the first moment of the run, so that none is lost. */
export function collectLiftedHolds(): LiftedHolds {
  const lifted = { count: 0 };
  setHandler(legalHoldLifted, () => void lifted.count++);
  return lifted;
}

/** Waits until the announced date of the removal. The tenant is closed meanwhile, and the removal can still be called off. */
export async function waitForGrace(run: RemovalRun, removalAt: string): Promise<void> {
  const { operationId } = run.input;
  run.waitsFor = `the end of the grace period on ${removalAt}`;
  run.enter('grace');
  await recordActivities().recordProgress({ operationId, status: 'grace' });
  const left = Date.parse(removalAt) - Date.now();
  if (left > 0) {
    run.hasWaited = true;
    await sleep(left);
  }
  run.waitsFor = undefined;
  run.show();
}

/** Waits until nothing keeps the removal from its pivot any more, by the registry's clock: neither its date nor a legal hold. */
export async function waitForLegalHold(run: RemovalRun, lifted: LiftedHolds): Promise<void> {
  const { operationId } = run.input;
  for (;;) {
    const seen = lifted.count;
    const { obstacle, until } = await certainActivities('Ask for a legal hold').findRemovalObstacle({
      operationId,
      step: 'legal-hold',
    });
    run.waitsFor = obstacle && `${WAITS_FOR[obstacle]}${until === undefined ? '' : ` until ${until}`}`;
    run.show();
    if (obstacle === undefined) return;
    const left = until === undefined ? DAY_MS : Date.parse(until) - Date.now();
    run.hasWaited = true;
    await condition(() => lifted.count > seen, Math.min(Math.max(left, SHORTEST_PAUSE_MS), DAY_MS));
  }
}

const WAITS_FOR = { grace: 'the announced date', 'legal-hold': 'the end of a legal hold' } as const;
