import { Client, Connection, ScheduleNotFoundError } from '@temporalio/client';
import { createOperationRuns } from '../../../activities/temporal/operation-runs';
import { ensureSchedule } from '../../../worker/schedules';
import { newOperationId } from '../../../contract/ids';
import { operationWorkflowId, type ProvisionTenantInput } from '../../../contract/operations/messages';
import { SWEEP_SCHEDULE_ID } from '../../../contract/maintenance/sweeps';
import { createNamespace } from '../../helpers/temporal/namespace';
import { provisionInput } from '../../helpers/temporal/journal';
import { stackEndpoints } from '../../stack';

let connection: Connection;
let client: Client;

// No worker polls in this namespace, so a started run stays open.
beforeAll(async () => {
  connection = await Connection.connect({ address: stackEndpoints('temporal').temporal!.address });
  client = new Client({ connection, namespace: await createNamespace(connection) });
});
afterAll(() => connection.close());

const lost = (): ProvisionTenantInput => ({ ...provisionInput(newOperationId()), resume: { as: 'compensate' } });

test('a terminated run and a run unknown to Temporal are gone; a resumed run is open', async () => {
  const runs = createOperationRuns(() => client);
  const input = lost();
  expect(await runs.standing(input.operationId)).toBe('gone');
  expect(await runs.resume('provision', input, 'EU')).toBe('resumed');
  expect(await runs.standing(input.operationId)).toBe('open');
  await client.workflow.getHandle(operationWorkflowId(input.operationId)).terminate();
  expect(await runs.standing(input.operationId)).toBe('gone');
  expect(await runs.resume('provision', input, null)).toBe('resumed');
});

test('when several sweepers resume one operation, exactly one succeeds', async () => {
  const runs = createOperationRuns(() => client);
  const input = lost();
  const answers = await Promise.all([1, 2, 3].map(() => runs.resume('provision', input, null)));
  expect(answers.sort()).toEqual(['open', 'open', 'resumed']);
});

test('one schedule exists however many workers ensure it, with the interval of the latest call, and none with interval 0', async () => {
  const schedule = client.schedule.getHandle(SWEEP_SCHEDULE_ID);
  await Promise.all([1, 2, 3].map(() => ensureSchedule(client, 'sweeps', 15)));
  // An update that changes nothing would revert a pause that Temporal applies at the same time.
  expect((await schedule.describe()).info.lastUpdatedAt).toBeUndefined();
  await schedule.pause('for the test');
  await ensureSchedule(client, 'sweeps', 20);
  const { spec, policies, state } = await schedule.describe();
  expect(spec.intervals).toMatchObject([{ every: 20 * 60_000 }]);
  expect(policies.overlap).toBe('SKIP');
  expect(state.paused).toBe(true);
  await ensureSchedule(client, 'sweeps', 0);
  await ensureSchedule(client, 'sweeps', 0);
  await expect(schedule.describe()).rejects.toBeInstanceOf(ScheduleNotFoundError);
});
