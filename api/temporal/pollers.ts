import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { LRUCache } from 'lru-cache';
import type { Polled } from '../../contract/estimates/pace';
import { deadlines } from './deadlines';

/** How long an answer is good for, and how long Temporal may take to give one, in milliseconds. */
const FRESH_MS = 5_000;
const ANSWER_MS = 1_000;

/** Says when a worker last asked a task queue for an activity. */
export type LastPolled = (queue: string) => Promise<Polled>;

/** The part of Temporal's client that knows of pollers. */
export interface QueueClient extends Pick<Client, 'withDeadline'> {
  options: { namespace: string };
  workflowService: {
    describeTaskQueue(
      request: temporal.api.workflowservice.v1.IDescribeTaskQueueRequest,
    ): Promise<Pick<temporal.api.workflowservice.v1.IDescribeTaskQueueResponse, 'pollers'>>;
  };
}

/** {@link LastPolled} from Temporal, which is asked at most once per 5 s and queue. */
export function createLastPolled(client: QueueClient): LastPolled {
  const within = deadlines(client);
  const answers = new LRUCache<string, { last: Polled }>({
    max: 200,
    ttl: FRESH_MS,
    fetchMethod: async (queue) => ({ last: await ask(queue).catch(() => 'unknown' as const) }),
  });
  const ask = (queue: string): Promise<Polled> =>
    within(ANSWER_MS, async () => {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: queue },
        taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      });
      const times = (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000);
      return times.length === 0 ? 'never' : new Date(Math.max(...times));
    });
  return async (queue) => (await answers.fetch(queue))?.last ?? 'unknown';
}
