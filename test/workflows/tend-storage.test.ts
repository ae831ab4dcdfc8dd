import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { TendedPortion, TendingActivities } from '../../activities/interface-tending';
import { TASK_QUEUE } from '../../contract/messages';
import { TEND_STORAGE } from '../../contract/tending';
import type { tendStorage } from '../../workflows';
import { startOnQueues } from '../helpers/workflow-queues';

const REGIONS = ['eu-central', 'us-east'];
const counts = { buckets: 1, over: 0, versions: 2, markers: 0, uploads: 0 };

let env: TestWorkflowEnvironment;
let activities: TendingActivities;
let stop: () => Promise<void>;
const journal: string[] = [];
let sequence = 0;

beforeAll(async () => {
  ({ env, stop } = await startOnQueues(REGIONS, (taskQueue) =>
    Object.fromEntries(
      (['listTendedRegions', 'tendBuckets', 'tellOfQuotas'] as const).map((name) => [
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
    listTendedRegions: () => Promise.resolve(REGIONS),
    tendBuckets: () => Promise.resolve({ counts, problems: [] }),
    tellOfQuotas: () => Promise.resolve(),
  };
});

const round = (): ReturnType<typeof tendStorage> =>
  env.client.workflow.execute<typeof tendStorage>(TEND_STORAGE, {
    taskQueue: TASK_QUEUE,
    workflowId: `tending-${++sequence}`,
  });

test('each region is gone through portion by portion where its credentials are, and then operators are told', async () => {
  const asked: (string | undefined)[] = [];
  activities.tendBuckets = ({ region, after }) => {
    if (region === 'us-east') return Promise.resolve<TendedPortion>({ counts, problems: [] });
    asked.push(after);
    const next = { a: 'b', b: undefined }[after ?? ''] ?? (after === undefined ? 'a' : undefined);
    return Promise.resolve<TendedPortion>({ counts, problems: [], ...(next === undefined ? {} : { after: next }) });
  };
  expect(await round()).toEqual({ buckets: 4, over: 0, versions: 8, markers: 0, uploads: 0 });
  expect(asked).toEqual([undefined, 'a', 'b']);
  expect(journal.filter((entry) => entry.includes('us-east'))).toEqual(['tendBuckets on region.us-east']);
  expect(journal.at(-1)).toBe('tellOfQuotas on provisioning');
});

test('a region that is away and a bucket that cannot be done fail the round, once everything else is done', async () => {
  activities.tendBuckets = ({ region }) =>
    region === 'eu-central'
      ? Promise.reject(ApplicationFailure.nonRetryable('no answer', 'ProviderUnavailable'))
      : Promise.resolve({ counts, problems: ['bucket of tenant x: changed by hand'] });
  const failed = await round().catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(WorkflowFailedError);
  const { message } = (failed as WorkflowFailedError).cause as ApplicationFailure;
  expect(message).toContain('eu-central: not done. no answer');
  expect(message).toContain('bucket of tenant x: changed by hand');
  expect(journal.at(-1)).toBe('tellOfQuotas on provisioning');
});
