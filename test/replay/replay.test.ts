import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../../workflow-bundle';
import { HISTORIES } from '../helpers/histories';

/*
 * Runs that were recorded on real servers – one for each way to end – are replayed on today's workflow code. One that fails here would break the
 * runs that are open when this code is deployed: guard the change with `patched()`, do not record again.
 * To record after such a change, and for a new way to end: RECORD_HISTORIES=1 npm test -- test/e2e/operators-view
 */
let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  workflowBundle = await bundleWorkflows(logger);
}, 60_000);

const names = readdirSync(HISTORIES).map((file) => path.parse(file).name);

test('every way to end was recorded', () => {
  expect(names.sort()).toEqual(['active', 'approved', 'cancelled', 'compensated', 'rejected']);
});

test.each(names)('the run %s replays', async (name) => {
  await expect(replay(read(name))).resolves.toBeUndefined();
});

test('a run whose steps came in another order does not', async () => {
  const history = read('active');
  const scheduled = history.events.filter(({ activityTaskScheduledEventAttributes: attributes }) => attributes);
  const [one, other] = ['provisionDatabase', 'configureApplication'].map((type) =>
    scheduled.find((event) => event.activityTaskScheduledEventAttributes!.activityType.name === type)!,
  );
  const { activityType } = one!.activityTaskScheduledEventAttributes!;
  one!.activityTaskScheduledEventAttributes!.activityType = other!.activityTaskScheduledEventAttributes!.activityType;
  other!.activityTaskScheduledEventAttributes!.activityType = activityType;
  await expect(replay(history)).rejects.toBeInstanceOf(DeterminismViolationError);
});

test('nothing personal, no path and no name of a machine was recorded', () => {
  const unwanted = /quarry|pm_card|"\d+@[^"]*|node_modules|binary\/encrypted/i;
  for (const name of names) expect([name, unwanted.exec(plainText(read(name)))?.[0]]).toEqual([name, undefined]);
});

/** The history with its payloads, which are base64, readable. */
function plainText(history: RecordedHistory): string {
  return JSON.stringify(history, (key, value: unknown) =>
    (key === 'data' || key === 'encoding') && typeof value === 'string'
      ? Buffer.from(value, 'base64').toString()
      : value,
  );
}

interface RecordedHistory {
  events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
}

function read(name: string): RecordedHistory {
  return JSON.parse(readFileSync(path.join(HISTORIES, `${name}.json`), 'utf8')) as RecordedHistory;
}

async function replay(history: RecordedHistory): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle }, historyFromJSON(history), 'operation/recorded');
}
