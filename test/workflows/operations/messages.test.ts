import { randomBytes } from 'node:crypto';
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure, Payload } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { activityInterceptor } from '../../../worker/interceptor';
import { createResolution } from '../../../activities/operations/resolution';
import { clientConverter, workerConverter } from '../../../contract/temporal/data-converter';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { KINDS } from '../../../contract/operations/kinds';
import {
  APPROVAL_SIGNAL,
  CANCEL_UPDATE,
  operationWorkflowId,
  PROGRESS_QUERY,
  type ProvisionTenantInput,
} from '../../../contract/operations/messages';
import { TASK_QUEUE } from '../../../contract/temporal/task-queues';
import { RESOLUTION_VERBS, type OperationStatus } from '../../../contract/operations/states';
import { recordDecision } from '../../../registry/operations/approvals';
import { recordOutcome } from '../../../registry/operations/transitions';
import { listTaken } from '../../../registry/operations/resolutions';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { runRecords } from '../../helpers/temporal/run-records';
import {
  empty,
  misshapen,
  rawMessages,
  undecodable,
  underMissingKey,
  type Payloads,
  type RawMessages,
} from '../../helpers/temporal/malformed-payloads';
import { createNamespace } from '../../helpers/temporal/namespace';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';
import { workflowBundle } from '../../helpers/temporal/workflow-bundle';
import { journalingActivities, permanent, provisionInput, REGION } from '../../helpers/temporal/journal';
import { startWorkers } from '../../helpers/temporal/workflow-harness';
import { gate, resolve, untilStatus } from '../../helpers/temporal/workflow-runs';
import { stackEndpoints } from '../../stack';

/*
 * Anything that can reach Temporal can send a run arbitrary messages. On a real server, these tests send every message to every workflow,
 * in every state in which a run waits, with malformed payloads. No workflow task may fail, and a valid decision must still work
 * afterwards.
 */
const { temporal: server, postgres } = stackEndpoints('temporal', 'postgres');
const there = server && postgres;
if (!there) test.todo('malformed messages: not run, this machine has no Temporal server or no PostgreSQL');
const suite = there ? describe : describe.skip;

const ring = parseKeyRing(`test:${randomBytes(32).toString('base64')}`);
const LEFTOVER = { kind: 'bucket', provider: 'versity', region: REGION, id: 't-x', lastError: 'refused' };
const SIGNALS = [APPROVAL_SIGNAL, 'nobodyHandlesThis', '__temporal_reserved', '__stack_trace'];
const QUERIES = [PROGRESS_QUERY, 'nobodyHandlesThis', '__stack_trace', '__temporal_workflow_metadata'];
const NEEDS_DETAILS: string[] = ['amend', 'accept', 'skip'];

suite('malformed messages sent past the API', () => {
  let connection: Connection;
  let nativeConnection: NativeConnection;
  let namespace: string;
  let client: Client;
  let registry: TestRegistry;
  let malformed: Payloads;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) });
    connection = await Connection.connect({ address: server!.address });
    nativeConnection = await NativeConnection.connect({ address: server!.address });
    namespace = await createNamespace(connection);
    client = new Client({ connection, namespace, dataConverter: clientConverter(ring) });
    registry = await createTestRegistry();
    malformed = { ...(await undecodable(ring)), 'under a missing key': [underMissingKey()], ...misshapen() };
  }, 120_000);
  afterAll(async () => {
    await registry?.drop();
    await connection?.close();
    await nativeConnection?.close();
  });

  describe('to the run of an order', () => {
    let stopWorkers: () => Promise<void>;
    const activities = journalingActivities([]);
    const begins: Record<string, () => Promise<void> | void> = {};
    let held: ReturnType<typeof gate>;

    beforeAll(async () => {
      const { pool } = registry;
      const { recordProgress, concludeCompensation, loadDecision } = runRecords(registry);
      const { takeResolution } = createResolution({ pool });
      Object.assign(activities, { recordProgress, concludeCompensation, loadDecision, takeResolution });
      activities.compensateStep = async ({ operationId, step }) => {
        await pool.query(`update resource set state = 'absent' where operation_id = $1 and step = $2`, [
          operationId,
          step,
        ]);
      };
      stopWorkers = await startWorkers({ nativeConnection, namespace }, activities, workerConverter(ring));
    });
    afterAll(() => stopWorkers?.());

    beforeEach(() => {
      held = gate();
      const fresh = journalingActivities([]);
      const { concludeCompensation } = runRecords(registry);
      Object.assign(activities, { validateOrder: fresh.validateOrder, provisionDatabase: fresh.provisionDatabase });
      activities.concludeCompensation = concludeCompensation;
      begins.awaiting_approval = () => {
        activities.validateOrder = async ({ operationId }) => {
          await activities.recordProgress({ operationId, status: 'validating' });
          return { region: REGION, approvalsRequired: ['database'] };
        };
      };
      begins.provisioning = () => {
        activities.provisionDatabase = held.wait;
      };
      begins.on_hold = () => {
        activities.provisionDatabase = () => Promise.reject(permanent());
      };
      begins.needs_operator = () => {
        activities.provisionDatabase = () => Promise.reject(permanent());
        activities.concludeCompensation = async ({ status: _status, ...conclusion }) => {
          const leftovers = [LEFTOVER];
          await recordOutcome(registry.pool, { ...conclusion, status: 'needs_operator', leftovers });
          activities.concludeCompensation = concludeCompensation;
          return { status: 'needs_operator', leftovers };
        };
      };
    });

    async function runIn(status: OperationStatus): Promise<{ run: WorkflowHandle; operationId: string }> {
      await begins[status]!();
      const { operationId, tenantId } = await acceptTenant(registry);
      const input: ProvisionTenantInput = {
        ...provisionInput(operationId),
        tenantId,
        recovery: {
          onPermanentFailure: status === 'on_hold' ? 'hold' : 'compensate',
          holdSeconds: 86_400,
          skippable: ['database'],
        },
      };
      const workflowId = operationWorkflowId(operationId);
      const run = await client.workflow.start(KINDS.provision.workflow, {
        taskQueue: TASK_QUEUE,
        workflowId,
        args: [input],
      });
      await untilStatus(run, status);
      return { run, operationId };
    }

    /** Sends every message that must have no effect, or one in `every` of them. */
    async function bombard(run: WorkflowHandle, every = 1): Promise<void> {
      const send = rawMessages(connection, namespace, run.workflowId);
      const accepted: string[] = [];
      for (const [index, [name, payloads]] of Object.entries({ ...malformed, ...empty() }).entries()) {
        if (index % every !== 0) continue;
        await send.signal(APPROVAL_SIGNAL, payloads);
        await others(send, index, payloads);
        const takesNothing = name in empty();
        const verbs = [...RESOLUTION_VERBS, CANCEL_UPDATE, 'nobodyHandlesThis'].filter(
          (verb) => !takesNothing || verb === 'nobodyHandlesThis' || NEEDS_DETAILS.includes(verb),
        );
        await Promise.all(
          verbs.map(async (verb) => {
            if ((await send.update(verb, payloads)) === 'accepted') accepted.push(`${verb}: ${name}`);
          }),
        );
      }
      expect(accepted).toEqual([]);
    }

    async function expectUnharmed(run: WorkflowHandle): Promise<void> {
      const failed = (await run.fetchHistory()).events?.flatMap((event) => {
        const { failure, cause } = event.workflowTaskFailedEventAttributes ?? {};
        // The server itself fails a task with this cause when a message arrives while the worker ends the run.
        return failure && Number(cause) !== 2 ? [failure.message] : [];
      });
      expect(failed).toEqual([]);
    }

    test('leave an order waiting for approval, and a valid approval still counts', async () => {
      const { run, operationId } = await runIn('awaiting_approval');
      await bombard(run);
      expect((await untilStatus(run, 'awaiting_approval')).approval).toBe('waiting');
      const decision = { decisionId: crypto.randomUUID(), operationId, decision: 'approve' as const, comment: '' };
      await recordDecision(registry.pool, registry.keys, { ...decision, decidedBy: 'token:approver', verified: true });
      await run.signal(APPROVAL_SIGNAL, { decisionId: decision.decisionId });
      await expect(run.result()).resolves.toMatchObject({ status: 'active' });
      await expectUnharmed(run);
    }, 120_000);

    test('leave a hold in place, and an operator can still compensate', async () => {
      const { run } = await runIn('on_hold');
      await bombard(run);
      await untilStatus(run, 'on_hold');
      await resolve(run, 'compensate', { reason: 'No longer wanted.' });
      await expect(run.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      await expectUnharmed(run);
    }, 120_000);

    test('leave a run waiting with its leftovers, and an operator can still retry', async () => {
      const { run } = await runIn('needs_operator');
      await bombard(run, 3);
      await untilStatus(run, 'needs_operator');
      await resolve(run, 'retry');
      await expect(run.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      await expectUnharmed(run);
    }, 120_000);

    test('do not disturb a run at work, which can still be cancelled', async () => {
      const { run } = await runIn('provisioning');
      await held.reached;
      await bombard(run, 3);
      await run.executeUpdate(CANCEL_UPDATE, { args: [{ requestedBy: 'token:operator' }] });
      held.release();
      await expect(run.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      await untilStatus(run, 'cancelled');
      await expectUnharmed(run);
    }, 120_000);

    test('a cancellation without any argument cancels', async () => {
      const { run } = await runIn('awaiting_approval');
      expect(await rawMessages(connection, namespace, run.workflowId).update(CANCEL_UPDATE, [])).toBe('accepted');
      await expect(run.result()).rejects.toBeInstanceOf(WorkflowFailedError);
      await untilStatus(run, 'cancelled');
      await expectUnharmed(run);
    });

    test.each(['retry', 'amend', 'skip', 'compensate'] as const)(
      '%s with the id of a resolution that does not exist is discarded, and the next decision counts',
      async (verb) => {
        const { run, operationId } = await runIn('on_hold');
        await resolve(run, verb, { resolutionId: crypto.randomUUID(), reason: 'made up' });
        await untilUndecided(run);
        expect(await listTaken(registry.pool, operationId)).toEqual([]);
        await resolve(run, 'compensate');
        await expect(run.result()).rejects.toBeInstanceOf(WorkflowFailedError);
        expect(await listTaken(registry.pool, operationId)).toMatchObject([{ verb: 'compensate', verified: false }]);
        await expectUnharmed(run);
      },
    );

    test('a refusal names the fault', async () => {
      const { run } = await runIn('on_hold');
      const send = rawMessages(connection, namespace, run.workflowId);
      const answers: [string, string][] = await Promise.all(
        ['an unknown encoding', 'under a missing key', 'a number', 'an id that is none', 'a NUL', 'a long text'].map(
          async (name): Promise<[string, string]> => [name, await send.update('compensate', malformed[name]!)],
        ),
      );
      const tooLong = 'compensate: the reason must be text of at most 65536 characters without control characters.';
      expect(Object.fromEntries(answers)).toEqual({
        'an unknown encoding': 'compensate: Its payload cannot be decoded.',
        'under a missing key':
          'compensate: The key ring has no key gone: put the retired key back behind the current one.',
        'a number': 'compensate: expected an object, or nothing.',
        'an id that is none': 'compensate: resolutionId is not an id.',
        'a NUL': tooLong,
        'a long text': tooLong,
      });
      await run.terminate();
    });
  });

  describe('to the other workflows, or as the input of any', () => {
    const released = gate();
    let hold = false;
    let stop: () => Promise<void>;

    beforeAll(async () => {
      const answers: Record<string, unknown> = {
        beginSweep: { refused: 'nothing to sweep' },
        listDueScans: [],
        planBackups: { tasks: [], more: false },
        auditRegions: [],
        listUpkeepRegions: [],
        sendDueUsage: { counts: { sent: 0, cancelled: 0, refused: 0, waiting: 0 }, more: false },
        validateOrder: { region: REGION, approvalsRequired: [] },
        activateTenant: { answer: 'committed' },
        activateSubscription: { billing: 'active' },
        concludeCompensation: { status: 'failed', leftovers: [] },
        loadDecision: { decision: 'ignored' },
      };
      const names = [
        ...['recordProgress', 'reissueCredentials', 'scan', 'giveUpScan', 'makeBackup', 'testBackup', 'restoreBackup'],
        ...['recordBackupTrouble', 'notifyOperators', 'exportAuditHeads', 'mailQuotaChanges', 'requestFirstBackup'],
        ...['signExportLink', 'forgetOldEvents'],
      ];
      const activities = Object.fromEntries(
        [...Object.keys(answers), ...names].map((name) => [
          name,
          async () => {
            if (hold) await released.wait();
            return answers[name];
          },
        ]),
      );
      const interceptors = { activity: [activityInterceptor(() => Promise.resolve())] };
      const dataConverter = workerConverter(ring);
      const common = { connection: nativeConnection, namespace, activities, dataConverter, interceptors };
      const bundle = await workflowBundle();
      const workers = [
        await Worker.create({ ...common, taskQueue: 'others', workflowBundle: bundle }),
        await Worker.create({ ...common, taskQueue: TASK_QUEUE }),
        await Worker.create({ ...common, taskQueue: `region.${REGION}` }),
      ];
      const running = Promise.all(workers.map((worker) => worker.run()));
      stop = async () => {
        for (const worker of workers) worker.shutdown();
        await running;
      };
    });
    afterAll(() => stop?.());

    const INPUTS: Record<string, unknown[]> = {
      sweep: [{ requestedBy: 'token:operator', dryRun: true }],
      scanTenant: [{ tenantId: 'k3v9x2m4q7w8r5ta', region: REGION, requestedBy: 'token:operator' }],
      scanDue: [],
      backUp: [{ backupId: `bk_${'0'.repeat(32)}`, tenantId: 'k3v9x2m4q7w8r5ta', region: REGION, action: 'make' }],
      backups: [],
      exportAuditHeads: [],
      exportLink: [{ operationId: `op_${'a'.repeat(20)}`, tenantId: 'k3v9x2m4q7w8r5ta', region: REGION, volume: 1 }],
      sendUsage: [],
      storageUpkeep: [],
      reissueCredentials: [{ tenantId: 'k3v9x2m4q7w8r5ta', requestedBy: 'token:operator' }],
    };

    test('no message stops the other workflows', async () => {
      hold = true;
      const runs = await Promise.all(
        Object.entries(INPUTS).map(([type, args]) =>
          client.workflow.start(type, { taskQueue: 'others', workflowId: `bombarded-${type}`, args }),
        ),
      );
      await released.reached;
      await Promise.all(
        runs.map(async (run, turn) => {
          const send = rawMessages(connection, namespace, run.workflowId);
          // None of them handles any message, so each payload is sent to several of them rather than to all.
          for (const [index, payloads] of Object.values({ ...malformed, ...empty() }).entries())
            if (index % 3 === turn % 3) await others(send, Math.floor(index / 3) + turn, payloads);
          expect(await send.update(CANCEL_UPDATE, malformed['an unknown encoding']!)).not.toBe('accepted');
        }),
      );
      hold = false;
      released.release();
      await Promise.all(runs.map((run) => run.result()));
      for (const run of runs) expect(await taskFailures(run)).toEqual([]);
    }, 120_000);

    test('a workflow that cannot use its input ends and says why', async () => {
      const types = [KINDS.provision.workflow, ...Object.keys(INPUTS)];
      const { 'under a missing key': _, ...inputs } = { ...malformed, ...empty() };
      const ends = await Promise.all(
        types.flatMap((type, turn) => {
          const takesNone = INPUTS[type]?.length === 0;
          // All check their input in the same way: an order's run gets every payload, the others take turns, and those that ignore input
          // get few.
          const every = type === KINDS.provision.workflow ? 1 : takesNone ? 10 : 3;
          const sent = Object.entries(inputs).filter((_, index) => index % every === turn % every);
          return sent.map(async ([name, payloads]) => {
            const workflowId = `by hand/${type}/${name}`;
            const run = await startRaw(type, workflowId, payloads);
            const end = await run.result().then(
              () => 'completed',
              (error: Error) => (error.cause as ApplicationFailure).type,
            );
            return end === (takesNone ? 'completed' : 'MalformedMessage') ? [] : [`${workflowId}: ${end}`];
          });
        }),
      );
      expect(ends.flat()).toEqual([]);
    }, 180_000);

    test('a workflow whose input is encrypted under a missing key waits for the key', async () => {
      const run = await startRaw(KINDS.provision.workflow, 'by hand/key', [underMissingKey()]);
      while ((await taskFailures(run)).length === 0) await new Promise((next) => setTimeout(next, 50));
      expect((await taskFailures(run))[0]).toMatch(/key ring has no key gone/);
      await run.terminate();
    });

    async function startRaw(type: string, workflowId: string, payloads: Payload[]): Promise<WorkflowHandle> {
      await connection.workflowService.startWorkflowExecution({
        namespace,
        workflowId,
        workflowType: { name: type },
        taskQueue: { name: 'others' },
        input: { payloads },
        requestId: crypto.randomUUID(),
      });
      return client.workflow.getHandle(workflowId);
    }
  });
});

/**
 * Resolves once no decision is being carried out: `amend` is then refused for missing details, and not because another decision came
 * first.
 */
async function untilUndecided(run: WorkflowHandle): Promise<void> {
  for (;;) {
    const refusal: Error = await run.executeUpdate('amend', { args: [{}] }).then(
      () => new Error('accepted'),
      (error: Error) => error.cause as Error,
    );
    if (/details/.test(refusal.message)) return;
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** Alternates through the signals and queries: over all payloads, each of them is sent many times. */
async function others(send: RawMessages, turn: number, payloads: Payload[]): Promise<void> {
  await send.signal(SIGNALS[turn % SIGNALS.length]!, payloads);
  await send.query(QUERIES[turn % QUERIES.length]!, payloads).catch(() => {});
}

async function taskFailures(run: WorkflowHandle): Promise<string[]> {
  const { events } = await run.fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed?.failure ? [failed.failure.message ?? ''] : [],
  );
}
