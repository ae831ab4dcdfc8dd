import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workerConverter } from '../../../../contract/temporal/data-converter';
import { parseKeyRing } from '../../../../contract/keys/key-ring';
import { workflowBundle as todaysBundle } from '../../../helpers/temporal/workflow-bundle';
import type { TestProduct } from '../../../helpers/product';
import { idsOf } from '../evidence';
import { workflowIdOf, type Recorded } from '../histories';
import type { Verdict, Violation } from '../invariant';

/** I10: every history of the run replays on the workflow code of this build, including histories with undecodable messages. */
export async function replays({ env }: TestProduct, recorded: readonly Recorded[]): Promise<Verdict> {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'OFF' } } });
  const dataConverter = workerConverter(parseKeyRing(env.CODEC_KEY_RING!));
  const workflowBundle = await todaysBundle();
  const runs = new Map(recorded.map((each) => [workflowIdOf(each), each.run]));
  const histories = recorded.map((each) => ({ workflowId: workflowIdOf(each), history: each.history }));
  const violations: Violation[] = [];
  let checked = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle, dataConverter }, histories)) {
    checked += 1;
    const run = runs.get(workflowId);
    if (error) violations.push({ ...(run ? idsOf(run) : {}), what: `${error.name}: ${error.message.slice(0, 300)}` });
  }
  return { checked, violations };
}
