import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import { createOperationRuns } from '../../activities/runs';
import { ensureSweepSchedule } from '../../activities/sweep-schedule';
import { newOperationId } from '../../contract/ids';
import { operationWorkflowId, type ProvisionTenantInput } from '../../contract/messages';
import { SWEEP_SCHEDULE_ID } from '../../contract/sweeps';
import { createNamespace } from '../helpers/namespace';
import { provisionInput } from '../helpers/workflow-harness';
import { stackEndpoints } from '../stack';

let connection: Connection;
let client: Client;

// Nobody works in this namespace: a run that is started stays open.
beforeAll(async () => {
  connection = await Connection.connect({ address: stackEndpoints().temporal!.address });
  client = new Client({ connection, namespace: await createNamespace(connection) });
}, 60_000);
afterAll(() => connection.close());

const lost = (): ProvisionTenantInput => ({ ...provisionInput(newOperationId()), resume: { as: 'compensate' } });

test('a run that was terminated, and one Temporal has nothing of, are gone; one that is there again is open', async () => {
  const runs = createOperationRuns(() => client);
  const input = lost();
  expect(await runs.standing(input.operationId)).toBe('gone');
  expect(await runs.resume(input, 'EU')).toBe('resumed');
  expect(await runs.standing(input.operationId)).toBe('open');
  await client.workflow.getHandle(operationWorkflowId(input.operationId)).terminate();
  expect(await runs.standing(input.operationId)).toBe('gone');
  expect(await runs.resume(input, null)).toBe('resumed');
});

test('of several that resume one operation one does', async () => {
  const runs = createOperationRuns(() => client);
  const input = lost();
  const answers = await Promise.all([1, 2, 3].map(() => runs.resume(input, null)));
  expect(answers.sort()).toEqual(['open', 'open', 'resumed']);
});

test('the schedule is there once however many workers make sure of it, as often as the last one said, and gone with 0', async () => {
  const schedule = client.schedule.getHandle(SWEEP_SCHEDULE_ID);
  await Promise.all([1, 2, 3].map(() => ensureSweepSchedule(client, 15)));
  // An update that changes nothing would undo a pause that Temporal applies before it.
  expect((await schedule.describe()).info.lastUpdatedAt).toBeUndefined();
  await schedule.pause('for the test');
  await ensureSweepSchedule(client, 20);
  const { spec, policies, state } = await schedule.describe();
  expect(spec.intervals).toMatchObject([{ every: 20 * 60_000 }]);
  expect(policies.overlap).toBe('SKIP');
  expect(state.paused).toBe(true);
  await ensureSweepSchedule(client, 0);
  await ensureSweepSchedule(client, 0);
  await expect(schedule.describe()).rejects.toBeInstanceOf(ScheduleNotFoundError);
}, 60_000);
