import { MockActivityEnvironment } from '@temporalio/testing';
import type { StepEvent } from '../../registry/operations/step-events';
import { activityInterceptor } from '../../worker/interceptor';

test('activities of two runs of an operation that have the same number are recorded apart', async () => {
  const recorded: StepEvent[] = [];
  const runIn = (runId: string): Promise<unknown> => {
    const interceptors = [
      activityInterceptor((event) => {
        recorded.push(event);
        return Promise.resolve();
      }),
    ];
    const workflowExecution = { workflowId: 'operation/op_1', runId };
    const environment = new MockActivityEnvironment({ workflowExecution, activityId: '7' }, { interceptors });
    return environment.run(() => Promise.resolve('done'), { operationId: 'op_1', step: 'announce' });
  };
  await runIn('lost');
  await runIn('resumed');
  const [lost, , resumed] = recorded;
  expect(recorded).toHaveLength(4);
  expect(lost!.activityId).not.toBe(resumed!.activityId);
  // The begin and the end of an attempt are the same row.
  expect(recorded[1]).toMatchObject({ activityId: lost!.activityId, endedAt: expect.any(Date) as Date });
});
