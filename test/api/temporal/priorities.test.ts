import { Client, Connection } from '@temporalio/client';
import { createOperationRuns } from '../../../api/temporal/operation-runs';
import { newOperationId, newTenantId } from '../../../contract/ids';
import { operationWorkflowId } from '../../../contract/operations/messages';
import type { Plan } from '../../../contract/orders/order';
import { stackEndpoints } from '../../stack';

const temporal = stackEndpoints('temporal').temporal;
const suite = temporal ? describe : describe.skip;
if (!temporal) test.todo('the order of queued runs: not run, this machine has no Temporal');

const SETTINGS = { approvalDeadlineSeconds: 60, compensationSeconds: 60, acceptUnverifiedApproval: false };
const RETRY = { maximumAttempts: 3, initialIntervalSeconds: 1, backoffCoefficient: 2, maximumIntervalSeconds: 30 };
const RECOVERY = { onPermanentFailure: 'compensate' as const, holdSeconds: 60, skippable: [] };

suite('runs that wait for a worker', () => {
  const taskQueue = `priorities-${process.pid}`;
  const plans = new Map<string, Plan>();
  let client: Client;

  beforeAll(async () => {
    const connection = await Connection.connect({ address: temporal!.address });
    client = new Client({ connection, namespace: temporal!.namespace });
  });
  afterAll(async () => {
    await Promise.all([...plans.keys()].map((id) => client.workflow.getHandle(id).terminate()));
    await client.connection.close();
  });

  async function start(plan: Plan): Promise<void> {
    const run = { operationId: newOperationId(), tenantId: newTenantId(), plan, region: null, residency: 'EU' };
    plans.set(operationWorkflowId(run.operationId), plan);
    const runs = createOperationRuns(client, SETTINGS, taskQueue);
    await runs.start({ ...run, kind: 'provision', parameters: {}, retry: RETRY, recovery: RECOVERY });
  }

  /** The plan of the run that the next worker would get. */
  async function next(): Promise<Plan | undefined> {
    const { workflowExecution } = await client.withDeadline(Date.now() + 20_000, () =>
      client.workflowService.pollWorkflowTaskQueue({
        namespace: temporal!.namespace,
        taskQueue: { name: taskQueue },
        identity: 'test',
      }),
    );
    return plans.get(workflowExecution?.workflowId ?? '');
  }

  test('come out by plan: enterprise before all others, and the others take turns, though trials were many and first', async () => {
    for (let n = 0; n < 12; n += 1) await start('starter');
    for (let n = 0; n < 2; n += 1) await start('professional');
    await start('enterprise');
    const order: (Plan | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) order.push(await next());
    expect(order[0]).toBe('enterprise');
    expect(order.slice(1).sort()).toEqual(['professional', 'professional', 'starter', 'starter', 'starter']);
  }, 60_000);
});
