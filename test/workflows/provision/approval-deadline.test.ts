import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { KINDS } from '../../../contract/operations/kinds';
import { APPROVAL_SIGNAL, CANCEL_UPDATE, operationWorkflowId } from '../../../contract/operations/messages';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { findDecision, recordDecision } from '../../../registry/operations/approvals';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { runRecords } from '../../helpers/temporal/run-records';
import { startLine, type CuttableLine } from '../../helpers/providers/cuttable-line';
import { createNamespace } from '../../helpers/temporal/namespace';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { journalingActivities, provisionInput, REGION } from '../../helpers/temporal/journal';
import { resetHarness, startHarness, startWorkers, type Harness } from '../../helpers/temporal/workflow-harness';
import { failureOf, gate, untilStatus } from '../../helpers/temporal/workflow-runs';
import { stackEndpoints } from '../../stack';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('approvals at the deadline: not run, this machine has no PostgreSQL');

const DAYS = 3 * 86_400;

suite('an order that waits for approval', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry?.drop());

  const onRegistry = (): Partial<Harness['activities']> => {
    const { recordProgress, loadDecision } = runRecords(registry);
    const validateOrder: Harness['activities']['validateOrder'] = async ({ operationId }) => {
      await recordProgress({ operationId, status: 'validating' });
      return { region: REGION, approvalsRequired: ['database.connectionLimit'] };
    };
    return { recordProgress, loadDecision, validateOrder };
  };

  /** Records a decision in the registry, as the API does. */
  async function decided(operationId: string, decision: 'approve' | 'reject'): Promise<string> {
    const decisionId = randomUUID();
    const standing = await recordDecision(registry.pool, registry.keys, {
      decisionId,
      operationId,
      decision,
      comment: '',
      decidedBy: 'token:approver',
      verified: true,
    });
    expect(standing).toMatchObject({ decisionId });
    return decisionId;
  }

  describe('with skipped time', () => {
    let harness: Harness;
    beforeAll(async () => {
      harness = await startHarness();
    }, 120_000);
    afterAll(() => harness?.stop());
    beforeEach(() => {
      resetHarness(harness);
      Object.assign(harness.activities, onRegistry());
    });

    async function waiting(): Promise<{ run: WorkflowHandle; operationId: string }> {
      const { operationId, tenantId } = await acceptTenant(registry);
      const run = await harness.env.client.workflow.start(KINDS.provision.workflow, {
        taskQueue: TASK_QUEUE,
        workflowId: operationWorkflowId(operationId),
        args: [{ ...provisionInput(operationId), tenantId, approvalDeadlineSeconds: DAYS }],
      });
      await untilStatus(run, 'awaiting_approval');
      await untilWaiting(operationId);
      return { run, operationId };
    }

    test('continues at the deadline when it was approved in time, although no signal arrived', async () => {
      const { run, operationId } = await waiting();
      await decided(operationId, 'approve');
      await expect(run.result()).resolves.toMatchObject({ status: 'active' });
    });

    test('ends as rejected at the deadline when it was rejected in time, although no signal arrived', async () => {
      const { run, operationId } = await waiting();
      await decided(operationId, 'reject');
      expect((await failureOf(run)).type).toBe('ApprovalRejected');
    });

    test('expires without a decision, and accepts none afterwards', async () => {
      const { run, operationId } = await waiting();
      expect((await failureOf(run)).type).toBe('ApprovalExpired');
      const decision = { decisionId: 'late', operationId, decision: 'approve' as const, comment: '' };
      const answer = await recordDecision(registry.pool, registry.keys, {
        ...decision,
        decidedBy: 'token:approver',
        verified: true,
      });
      expect(answer).toBe('not-waiting');
    });

    test('accepts no decision between the deadline and its record', async () => {
      const { run, operationId } = await waiting();
      const held = gate();
      const { recordProgress } = harness.activities;
      harness.activities.recordProgress = async (report) => {
        if (report.status === 'compensating') await held.wait();
        return recordProgress(report);
      };
      const end = failureOf(run);
      await held.reached;
      const decision = { decisionId: 'late', operationId, decision: 'approve' as const, comment: '' };
      const answer = await recordDecision(registry.pool, registry.keys, {
        ...decision,
        decidedBy: 'token:approver',
        verified: true,
      });
      expect(answer).toBe('expired');
      held.release();
      expect((await end).type).toBe('ApprovalExpired');
    });

    test('is cancelled when the cancellation arrives while its approval is being looked up', async () => {
      const { run, operationId } = await waiting();
      const loaded = gate();
      const { loadDecision } = harness.activities;
      harness.activities.loadDecision = async (input) => {
        await loaded.wait();
        return loadDecision(input);
      };
      const decisionId = await decided(operationId, 'approve');
      await run.signal(APPROVAL_SIGNAL, { decisionId });
      await loaded.reached;
      await run.executeUpdate(CANCEL_UPDATE, { args: [{ requestedBy: 'token:operator' }] });
      loaded.release();
      expect((await failureOf(run)).type).toBe('Cancelled');
    });

    test('accepts no decision once its cancellation is recorded', async () => {
      const { run, operationId } = await waiting();
      await run.executeUpdate(CANCEL_UPDATE, { args: [{ requestedBy: 'token:operator' }] });
      expect((await failureOf(run)).type).toBe('Cancelled');
      const decision = { decisionId: 'late', operationId, decision: 'approve' as const, comment: '' };
      const answer = await recordDecision(registry.pool, registry.keys, {
        ...decision,
        decidedBy: 'token:approver',
        verified: true,
      });
      expect(answer).toBe('not-waiting');
      expect(await findDecision(registry.pool, registry.keys, operationId)).toBeUndefined();
    });
  });

  const { temporal: server } = stackEndpoints('temporal');
  if (!server) test.todo('Temporal down across the deadline: not run, this machine has no Temporal server');
  (server ? describe : describe.skip)('while Temporal is down across the deadline', () => {
    const SECONDS = 8;
    let connection: Connection;
    let nativeConnection: NativeConnection;
    let line: CuttableLine;
    let client: Client;
    let stopWorkers: () => Promise<void>;

    beforeAll(async () => {
      line = await startLine(server!.address);
      connection = await Connection.connect({ address: server!.address });
      nativeConnection = await NativeConnection.connect({ address: line.address });
      const namespace = await createNamespace(connection);
      client = new Client({ connection, namespace });
      const activities = { ...journalingActivities([]), ...onRegistry() };
      stopWorkers = await startWorkers({ nativeConnection, namespace }, activities);
    }, 120_000);
    afterAll(async () => {
      line?.mend();
      await stopWorkers?.();
      await connection?.close();
      await nativeConnection?.close();
      await line?.close();
    });

    async function waiting(): Promise<{ run: WorkflowHandle; operationId: string }> {
      const { operationId, tenantId } = await acceptTenant(registry);
      const run = await client.workflow.start(KINDS.provision.workflow, {
        taskQueue: TASK_QUEUE,
        workflowId: operationWorkflowId(operationId),
        args: [{ ...provisionInput(operationId), tenantId, approvalDeadlineSeconds: SECONDS }],
      });
      await untilWaiting(operationId);
      return { run, operationId };
    }

    test('counts an approval given before the deadline, and refuses one given after it', async () => {
      const [approved, late] = await Promise.all([waiting(), waiting()]);
      line.cut();
      await decided(approved.operationId, 'approve');
      await untilDeadline(late.operationId);
      const decision = { decisionId: randomUUID(), operationId: late.operationId, decision: 'approve' as const };
      const answer = await recordDecision(registry.pool, registry.keys, {
        ...decision,
        comment: '',
        decidedBy: 'token:approver',
        verified: true,
      });
      expect(answer).toBe('expired');
      line.mend();
      await expect(approved.run.result()).resolves.toMatchObject({ status: 'active' });
      expect((await failureOf(late.run)).type).toBe('ApprovalExpired');
    });
  });

  const untilWaiting = (operationId: string): Promise<void> =>
    untilSo(operationId, `status = 'awaiting_approval' and approval_state = 'waiting'`);
  const untilDeadline = (operationId: string): Promise<void> =>
    untilSo(operationId, 'approval_deadline <= clock_timestamp()');

  async function untilSo(operationId: string, condition: string): Promise<void> {
    const sql = `select 1 from operation where operation_id = $1 and ${condition}`;
    while ((await registry.pool.query(sql, [operationId])).rows.length === 0)
      await new Promise((next) => setTimeout(next, 20));
  }
});
