import Long from 'long';
import { createLastPolled, type QueueClient } from '../../../api/temporal/pollers';

type Described = Awaited<ReturnType<QueueClient['workflowService']['describeTaskQueue']>>;

/** A client whose Temporal gives this answer about every task queue. */
function clientWith(answer: () => Promise<Described>): { client: QueueClient; asked: string[] } {
  const asked: string[] = [];
  const client: QueueClient = {
    options: { namespace: 'default' },
    withDeadline: (_deadline, call) => call(),
    workflowService: {
      describeTaskQueue: async ({ taskQueue }) => {
        asked.push(taskQueue?.name ?? '');
        return answer();
      },
    },
  };
  return { client, asked };
}

test('the newest poll of a queue counts, and Temporal is not asked again at once', async () => {
  const pollers = [100, 300, 200].map((seconds) => ({ lastAccessTime: { seconds: Long.fromNumber(seconds) } }));
  const { client, asked } = clientWith(async () => ({ pollers }));
  const lastPolled = createLastPolled(client);
  expect(await Promise.all([lastPolled('region.us-east'), lastPolled('region.us-east')])).toEqual([
    new Date(300_000),
    new Date(300_000),
  ]);
  expect(await lastPolled('region.us-east')).toEqual(new Date(300_000));
  expect(asked).toEqual(['region.us-east']);
});

test('a queue without pollers was never polled, as far as Temporal remembers', async () => {
  const { client } = clientWith(async () => ({ pollers: [] }));
  expect(await createLastPolled(client)('region.us-east')).toBe('never');
});

test('while Temporal does not answer, the pollers are unknown', async () => {
  const { client } = clientWith(async () => Promise.reject(new Error('14 UNAVAILABLE')));
  expect(await createLastPolled(client)('region.us-east')).toBe('unknown');
});
