import { createEstimates } from '../../../api/estimates/estimates';
import type { Polled } from '../../../contract/estimates/pace';
import { operationSchema, type Operation } from '../../../contract/schemas/operation-schema';
import { stepMetricsSchema } from '../../../contract/schemas/platform/step-metrics-schema';
import { stepsOf } from '../../../contract/operations/kinds';
import type { Step } from '../../../contract/operations/steps';
import type { Queryable } from '../../../registry/database';
import { expectAnswer, startApiHarness, type ApiHarness, type Client } from '../../helpers/api';
import { placeOrder, putInState, type Ordered } from '../../helpers/tenants/operations';
import { attempted, havePast, PAST_RUNS, professional, running, STEP_SECONDS } from '../../helpers/past-runs';
import { hasPostgres } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('estimates over HTTP: not run, this machine has no PostgreSQL');

suite('estimates of operations', () => {
  let api: ApiHarness;
  let orderer: Client;
  let reader: Client;
  let polled: Polled = 'unknown';
  const asked: string[] = [];

  beforeAll(async () => {
    api = await startApiHarness();
    const { pool } = api.registry;
    const lastPolled = async (queue: string): Promise<Polled> => {
      asked.push(queue);
      return polled;
    };
    Object.assign(api.dependencies.estimates, createEstimates({ pool, lastPolled }));
    orderer = await api.as(['tenants:order']);
    reader = await api.as(['tenants:read']);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    polled = 'unknown';
    asked.length = 0;
  });

  const read = async ({ operationId }: Pick<Ordered, 'operationId'>): Promise<Operation> =>
    expectAnswer(await reader.get(`/v1/operations/${operationId}`), 200, operationSchema);
  const progressOf = (operation: Operation, step: Step) => operation.steps.find(({ id }) => id === step)?.progress;

  test('with too few earlier operations there are words, but no numbers', async () => {
    const ordered = await placeOrder(orderer);
    const { estimate, result } = await read(ordered);
    expect(estimate).toMatchObject({ samples: 0, regions: 'all' });
    expect(estimate!.summary).toBe(
      'No estimate: 0 earlier operations of this kind and plan in all regions are too few (20 are needed).',
    );
    expect(estimate).not.toHaveProperty('likelySeconds');
    expect(result).not.toHaveProperty('estimatedCompletionTime');
  });

  describe('with earlier operations', () => {
    beforeAll(async () => {
      await havePast(api, await placeOrder(orderer));
    });

    test('a new order says how long it likely takes, when it is completed, and which steps decide that', async () => {
      const ordered = await placeOrder(orderer, professional());
      const { estimate, result, createdAt } = await read(ordered);
      expect(estimate).toMatchObject({
        samples: PAST_RUNS,
        regions: 'all',
        criticalPath: expect.arrayContaining(['verify']) as unknown,
      });
      expect(estimate!.likelySeconds).toBeGreaterThan(11);
      expect(estimate!.likelySeconds).toBeLessThanOrEqual(12);
      const seconds = (Date.parse(result!.estimatedCompletionTime!) - Date.parse(createdAt)) / 1000;
      expect(Math.abs(seconds - 6 * STEP_SECONDS)).toBeLessThan(0.2);
      expect(await api.dependencies.estimates.ofNewOperation('provision', 'professional', null)).toEqual({
        likelySeconds: 12,
        lateSeconds: 12,
        samples: PAST_RUNS,
      });
    });

    test('how long each step takes is told by plan', async () => {
      const answer = await reader.get('/v1/metrics/steps');
      const { plans } = expectAnswer(answer, 200, stepMetricsSchema);
      expect(plans.map(({ plan, samples }) => [plan, samples])).toEqual([
        ['starter', 0],
        ['professional', PAST_RUNS],
        ['enterprise', 0],
      ]);
      const [starter, professionalPlan] = plans;
      expect(starter!.steps[0]).toEqual({ step: 'validate', label: 'Validate the order', samples: 0 });
      expect(professionalPlan!.steps.map(({ step }) => step).sort()).toEqual([...stepsOf('provision')].sort());
      expect(professionalPlan!.steps.every(({ p95Seconds }) => p95Seconds === STEP_SECONDS)).toBe(true);
    });

    test('a run with finished steps counts only what remains', async () => {
      const ordered = await running(api, orderer, { validate: 1, reserve: 0 });
      await attempted(api, ordered, 'database', { open: true });
      const operation = await read(ordered);
      expect(operation.estimate!.likelySeconds).toBeGreaterThan(7);
      expect(operation.estimate!.likelySeconds).toBeLessThanOrEqual(8);
      expect(progressOf(operation, 'database')).toMatchObject({ pace: 'normal' });
    });

    test('a step beyond the earlier ones is slow, and the end is no longer foretold', async () => {
      const ordered = await running(api, orderer, { validate: 15, reserve: 15 });
      await attempted(api, ordered, 'database', { ago: 15, open: true });
      const operation = await read(ordered);
      expect(progressOf(operation, 'database')).toEqual({
        pace: 'slow',
        reason: expect.stringMatching(
          /^Under way for 1[5-9](\.\d)? s; 95 % of 30 earlier runs took at most 2 s\.$/,
        ) as string,
      });
      expect(operation.estimate!.summary).toContain('has outlasted nearly all');
      expect(operation.estimate).not.toHaveProperty('likelySeconds');
    });

    test('a step that waits for its next attempt is stuck and says when that begins', async () => {
      const ordered = await running(api, orderer, { validate: 1, reserve: 1 });
      const nextTry = new Date(Date.now() + 30_000);
      await attempted(api, ordered, 'database', { errorType: 'OutcomeUnknown', errorMessage: 'Who knows.', nextTry });
      const operation = await read(ordered);
      expect(operation.steps.find(({ id }) => id === 'database')).toMatchObject({
        nextTry: nextTry.toISOString(),
        progress: { pace: 'stuck', reason: expect.stringMatching(/^Retry 2 of 3 in (29|30) s; /) as string },
      });
    });

    test('a step that no worker begins is stuck and names the task queue', async () => {
      const ordered = await running(api, orderer, { validate: 9, reserve: 9 });
      polled = 'never';
      const operation = await read(ordered);
      expect(progressOf(operation, 'database')).toEqual({ pace: 'stuck', reason: 'No worker on `region.eu-central`.' });
      expect(asked.sort()).toEqual(['provisioning', 'region.eu-central']);
    });

    test('while Temporal does not answer, the step says that this is unknown', async () => {
      const ordered = await running(api, orderer, { validate: 9, reserve: 9 });
      expect(progressOf(await read(ordered), 'database')!.reason).toContain('Temporal does not answer');
    });

    test('an operation that waits for an approver says since when and until when, and estimates the work after that', async () => {
      const ordered = await running(api, orderer, { validate: 1 });
      const deadline = new Date(Date.now() + 3_600_000);
      await putInState(api, ordered, 'awaiting_approval', { approvalState: 'waiting' });
      await api.registry.pool.query('update operation set approval_deadline = $2 where operation_id = $1', [
        ordered.operationId,
        deadline,
      ]);
      const operation = await read(ordered);
      const words = /^Waiting for an approver since .* UTC, deadline .* UTC\.$/;
      expect(progressOf(operation, 'reserve')).toMatchObject({
        pace: 'stuck',
        reason: expect.stringMatching(words) as string,
      });
      expect(operation.estimate).toMatchObject({ waitsFor: 'approver', likelySeconds: 12 });
      expect(operation.estimate).not.toHaveProperty('likelyAt');
      expect(operation.result).not.toHaveProperty('estimatedCompletionTime');
    });

    test('a run on hold says until when', async () => {
      const ordered = await running(api, orderer, { validate: 1, reserve: 1 });
      await attempted(api, ordered, 'database', { errorType: 'ProviderRefused' });
      await putInState(api, ordered, 'on_hold', { holdUntil: new Date('2030-01-01') });
      const operation = await read(ordered);
      expect(progressOf(operation, 'database')).toEqual({
        pace: 'stuck',
        reason: 'On hold until 2030-01-01 00:00:00 UTC: an operator decides how the run continues.',
      });
      expect(operation.estimate).toMatchObject({ waitsFor: 'operator' });
    });

    test('an operation that has ended has no estimate', async () => {
      const ordered = await placeOrder(orderer);
      await putInState(api, ordered, 'active');
      const operation = await read(ordered);
      expect(operation).not.toHaveProperty('estimate');
      expect(operation.steps.filter(({ progress }) => progress)).toEqual([]);
    });

    test('the registry is asked for earlier operations once, however often operations are read', async () => {
      const queries: string[] = [];
      const counting: Queryable = {
        query: (sql, values) => {
          queries.push(sql);
          return api.registry.pool.query(sql, values);
        },
      };
      const estimates = createEstimates({ pool: counting, lastPolled: async () => 'unknown' });
      const estimate = () => estimates.ofNewOperation('provision', 'professional', null);
      expect(await Promise.all([estimate(), estimate()])).toEqual([await estimate(), await estimate()]);
      expect(queries).toHaveLength(1);
    });
  });
});
