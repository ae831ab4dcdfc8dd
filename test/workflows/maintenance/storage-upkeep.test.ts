import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type {
  EventUpkeepActivities,
  StorageUpkeepActivities,
  UpkeepPortionResult,
} from '../../../activities/maintenance/interface-upkeep';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { STORAGE_UPKEEP } from '../../../contract/maintenance/storage-upkeep';
import type { storageUpkeep } from '../../../workflows';
import { startOnQueues } from '../../helpers/temporal/workflow-queues';

const REGIONS = ['eu-central', 'us-east'];
const counts = { buckets: 1, over: 0, held: 1, versions: 2, markers: 0, uploads: 0 };

let env: TestWorkflowEnvironment;
let activities: StorageUpkeepActivities & EventUpkeepActivities;
let stop: () => Promise<void>;
const journal: string[] = [];
let sequence = 0;

beforeAll(async () => {
  ({ env, stop } = await startOnQueues(REGIONS, (taskQueue) =>
    Object.fromEntries(
      (['listUpkeepRegions', 'maintainBuckets', 'mailQuotaChanges', 'forgetOldEvents'] as const).map((name) => [
        name,
        (input: never) => {
          journal.push(`${name} on ${taskQueue}`);
          return activities[name](input);
        },
      ]),
    ),
  ));
}, 120_000);
afterAll(() => stop());
beforeEach(() => {
  journal.length = 0;
  activities = {
    listUpkeepRegions: () => Promise.resolve(REGIONS),
    maintainBuckets: () => Promise.resolve({ counts, problems: [] }),
    mailQuotaChanges: () => Promise.resolve(),
    forgetOldEvents: () => Promise.resolve(0),
  };
});

const round = (): ReturnType<typeof storageUpkeep> =>
  env.client.workflow.execute<typeof storageUpkeep>(STORAGE_UPKEEP, {
    taskQueue: TASK_QUEUE,
    workflowId: `tending-${++sequence}`,
  });

test('each region is processed page by page on its own queue, and then the operators are told and old events deleted', async () => {
  const asked: (string | undefined)[] = [];
  activities.maintainBuckets = ({ region, after }) => {
    if (region === 'us-east') return Promise.resolve<UpkeepPortionResult>({ counts, problems: [] });
    asked.push(after);
    const next = { a: 'b', b: undefined }[after ?? ''] ?? (after === undefined ? 'a' : undefined);
    return Promise.resolve<UpkeepPortionResult>({
      counts,
      problems: [],
      ...(next === undefined ? {} : { after: next }),
    });
  };
  expect(await round()).toEqual({ buckets: 4, over: 0, held: 4, versions: 8, markers: 0, uploads: 0 });
  expect(asked).toEqual([undefined, 'a', 'b']);
  expect(journal.filter((entry) => entry.includes('us-east'))).toEqual(['maintainBuckets on region.us-east']);
  expect(journal.slice(-2)).toEqual(['mailQuotaChanges on provisioning', 'forgetOldEvents on provisioning']);
});

test('an unreachable region and a bucket that cannot be fixed fail the round, but only after everything else is done', async () => {
  activities.maintainBuckets = ({ region }) =>
    region === 'eu-central'
      ? Promise.reject(ApplicationFailure.nonRetryable('no answer', 'ProviderUnavailable'))
      : Promise.resolve({ counts, problems: ['bucket of tenant x: changed by hand'] });
  const failed = await round().catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(WorkflowFailedError);
  const { message } = (failed as WorkflowFailedError).cause as ApplicationFailure;
  expect(message).toContain('eu-central: not done. no answer');
  expect(message).toContain('bucket of tenant x: changed by hand');
  expect(journal.slice(-2)).toEqual(['mailQuotaChanges on provisioning', 'forgetOldEvents on provisioning']);
});
