import { newOperationId, newTenantId } from '../../../contract/ids';
import { EXPORT_LINK } from '../../../contract/exports/links';
import { GLOBAL_REGION } from '../../../contract/maintenance/sweeps';
import { regionTaskQueue, TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { VirtualTemporal } from '../provision/virtual-temporal';

let temporal: VirtualTemporal;
beforeEach(async () => void (temporal = await VirtualTemporal.create()));
afterEach(() => temporal.dispose());

test.each([
  ['a region', 'eu-central', regionTaskQueue('eu-central')],
  ['no region', GLOBAL_REGION, TASK_QUEUE],
])(
  'an activity of %s is done by the worker there, and a lost worker is noticed after 20 s',
  async (_, region, queue) => {
    const input = { operationId: newOperationId(), tenantId: newTenantId(), region, volume: 1 };
    const run = temporal.beginOther(EXPORT_LINK, `link-${region}`, input);
    await temporal.end(run);
    expect(run.ending).toBe('completed');
    const scheduled = run.commands.flatMap(({ scheduleActivity }) => (scheduleActivity ? [scheduleActivity] : []));
    expect(scheduled.map(({ activityType, taskQueue }) => [activityType, taskQueue])).toEqual([
      ['signExportLink', queue],
    ]);
    expect(Number(scheduled[0]!.heartbeatTimeout!.seconds)).toBe(20);
  },
);
