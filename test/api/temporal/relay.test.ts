import { Client, Connection } from '@temporalio/client';
import { createTemporalRuns, type Runs } from '../../../api/temporal/runs';
import { startRelay } from '../../../api/temporal/relay';
import { temporalConnection } from '../../../api/temporal/connection';
import { createPayloadCodec } from '../../../contract/temporal/payload-codec';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { newOperationId, newTenantId } from '../../../contract/ids';
import { stackEndpoints } from '../../stack';
import { startApiHarness, type ApiHarness, type Client as ApiClient } from '../../helpers/api';
import { placeOrder, putInState } from '../../helpers/tenants/operations';
import { hasPostgres } from '../../helpers/registry';

const temporal = stackEndpoints('temporal').temporal;
const settings = { approvalDeadlineSeconds: 60, compensationSeconds: 60, acceptUnverifiedApproval: true };
const suite = hasPostgres() ? describe : describe.skip;
const temporalSuite = hasPostgres() && temporal ? describe : describe.skip;
if (!hasPostgres()) test.todo('the relay: not run, this machine has no PostgreSQL');
if (!temporal) test.todo('runs on Temporal: not run, this machine has no Temporal');

suite('the relay', () => {
  let api: ApiHarness;
  let orderer: ApiClient;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
  });
  afterAll(() => api.stop());
  beforeEach(() => void Object.assign(api.runs, { down: false, started: [], signals: [] }));

  const relay = (runs: Runs = api.runs) =>
    startRelay({ pool: api.registry.pool, runs, logger: api.dependencies.logger, intervalMs: 50, graceSeconds: 0 });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test('starts orders accepted while Temporal was down, exactly once', async () => {
    api.runs.down = true;
    const { operationId, tenantId } = await placeOrder(orderer, {
      compliance: { dataResidency: 'EU', retentionPeriod: 1, encryptionLevel: 'standard' },
    });
    const running = relay();
    await until(() => api.log.some((line) => line.includes(operationId) && line.includes('relay will try again')));
    api.runs.down = false;
    await until(() => api.runs.started.length > 0);
    await running.look();
    await running.stop();
    expect(api.runs.started).toEqual([
      {
        kind: 'provision',
        operationId,
        tenantId,
        plan: 'starter',
        region: null,
        residency: 'EU',
        parameters: {},
        retry: expect.objectContaining({ maximumAttempts: 3 }) as object,
        recovery: { onPermanentFailure: 'compensate', holdSeconds: 24 * 3600, skippable: [] },
      },
    ]);
  });

  test('signals a decision made while Temporal was down, until the run has moved on', async () => {
    const ordered = await placeOrder(orderer, { customizations: { storageQuotaGb: 20 } });
    await putInState(api, ordered, 'awaiting_approval', { approvalState: 'waiting' });
    api.runs.down = true;
    await (
      await api.as(['approvals:decide'])
    ).post(`/v1/operations/${ordered.operationId}/approval`, { decision: 'approve' });
    api.runs.down = false;
    const running = relay();
    await until(() => api.runs.signals.length > 0);
    await putInState(api, ordered, 'provisioning');
    await running.stop();
    const before = api.runs.signals.length;
    expect(await running.look()).toBe(0);
    expect(api.runs.signals).toHaveLength(before);
    expect(api.runs.signals[0]?.operationId).toBe(ordered.operationId);
  });

  test('an operation that can never be started does not block others', async () => {
    api.runs.down = true;
    const broken = await placeOrder(orderer);
    const fine = await placeOrder(orderer);
    api.runs.down = false;
    const start = api.runs.start.bind(api.runs);
    const spy = jest.spyOn(api.runs, 'start').mockImplementation((run) => {
      if (run.operationId === broken.operationId) throw new Error('This one never starts.');
      return start(run);
    });
    const running = relay();
    await running.look();
    await running.stop();
    spy.mockRestore();
    expect(api.runs.started.map(({ operationId }) => operationId)).toContain(fine.operationId);
  });

  test('continues after a short outage of the registry', async () => {
    const spy = jest.spyOn(api.registry.pool, 'query').mockImplementation(() => {
      throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
    });
    const running = relay();
    expect(await running.look()).toBe(0);
    spy.mockRestore();
    expect(await running.look()).toBeGreaterThanOrEqual(0);
    await running.stop();
  });
});

temporalSuite('runs on Temporal', () => {
  let connection: Connection;
  let client: Client;
  let runs: Runs;
  let api: ApiHarness;

  beforeAll(async () => {
    api = await startApiHarness();
    connection = await Connection.connect({ address: temporal!.address });
    const dataConverter = { payloadCodecs: [createPayloadCodec(api.dependencies.codecRing)] };
    client = new Client({ connection, namespace: temporal!.namespace, dataConverter });
    // Task queue that no other test's worker polls.
    runs = createTemporalRuns(client, settings, `relay-test-${process.pid}`);
  });
  afterAll(async () => {
    await connection.close();
    await api.stop();
  });

  const newRun = () => ({
    operationId: newOperationId(),
    tenantId: newTenantId(),
    plan: 'starter',
    kind: 'provision' as const,
    region: null,
    parameters: {},
    residency: 'EU',
    retry: { maximumAttempts: 3, initialIntervalSeconds: 1, backoffCoefficient: 2, maximumIntervalSeconds: 30 },
    recovery: { onPermanentFailure: 'hold' as const, holdSeconds: 60, skippable: [] },
  });
  const terminate = (operationId: string) => client.workflow.getHandle(operationWorkflowId(operationId)).terminate();

  test('starting twice, at once or later, gives one run with its search attributes and an encrypted input', async () => {
    const run = newRun();
    await Promise.all([runs.start(run), runs.start(run), runs.start(run)]);
    await runs.start(run);
    const handle = client.workflow.getHandle(operationWorkflowId(run.operationId));
    const description = await handle.describe();
    expect(description.searchAttributes).toMatchObject({
      TenantPlan: ['starter'],
      ProvisioningStatus: ['pending'],
      DataResidency: ['EU'],
    });
    expect(await description.staticSummary()).toBe(`Provision starter tenant ${run.tenantId}`);
    const { events } = await handle.fetchHistory();
    const started = events!.filter((event) => event.workflowExecutionStartedEventAttributes);
    expect(started).toHaveLength(1);
    expect(JSON.stringify(started)).not.toContain(Buffer.from(run.operationId).toString('base64').slice(0, 12));
    await terminate(run.operationId);
    // Starting again after the run's end starts nothing either: a workflow id is used once.
    await runs.start(run);
    expect((await handle.describe()).status.name).toBe('TERMINATED');
  });

  test('a call to a run without a worker does not hang', async () => {
    const run = newRun();
    await runs.start(run);
    expect(await runs.signalApproval(run.operationId, 'decision')).toBe(true);
    await expect(runs.cancel(run.operationId, 'test')).rejects.toThrow();
    await terminate(run.operationId);
  });

  test('a call to a run that does not exist says so', async () => {
    const { operationId } = newRun();
    expect(await runs.cancel(operationId, 'test')).toBe('not-running');
    expect(await runs.signalApproval(operationId, 'decision')).toBe(false);
    await runs.ping();
  });

  test('without Temporal every call times out', async () => {
    const lost = temporalConnection({ address: '127.0.0.1:1' });
    const dead = createTemporalRuns(new Client({ connection: lost.connection }), settings);
    const calls = [
      dead.start(newRun()),
      dead.signalApproval('op', 'd'),
      dead.cancel('op', 'me'),
      dead.reissue('t', 'me'),
      dead.ping(),
    ];
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    await lost.close();
  });

  test('an order accepted while Temporal is away is started by the relay', async () => {
    const orderer = await api.as(['tenants:order']);
    api.runs.down = true;
    const { operationId } = await placeOrder(orderer);
    const relay = startRelay({
      pool: api.registry.pool,
      runs,
      logger: api.dependencies.logger,
      intervalMs: 60_000,
      graceSeconds: 0,
    });
    expect(await relay.look()).toBe(1);
    expect(await relay.look()).toBe(0);
    await relay.stop();
    expect((await client.workflow.getHandle(operationWorkflowId(operationId)).describe()).status.name).toBe('RUNNING');
    await terminate(operationId);
  });
});
