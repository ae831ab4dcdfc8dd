import { readFileSync } from 'node:fs';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../../workflow-bundle';
import { HISTORIES, recorded } from './frozen';

/*
 * Tracing may be switched on while runs are open: the bundle whose workflows make spans replays what was recorded without it. The other way is
 * shown by test/e2e/operators/traces.test.ts.
 */
let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  workflowBundle = await bundleWorkflows(logger, { traced: true });
}, 180_000);

test.each(recorded().map(({ release, name }) => `${release}/${name}`))(
  'the run %s replays with tracing',
  async (name) => {
    const history: unknown = JSON.parse(readFileSync(path.join(HISTORIES, `${name}.json`), 'utf8'));
    const sinks = { exporter: { export: { fn: () => {} } } };
    await expect(
      Worker.runReplayHistory({ workflowBundle, sinks }, historyFromJSON(history), 'operation/recorded'),
    ).resolves.toBeUndefined();
  },
);
