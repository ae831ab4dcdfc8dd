import { randomUUID } from 'node:crypto';
import type { TenantProvisioningRequest } from '../../../../contract/orders/order';
import { operationSchema } from '../../../../contract/schemas/operation-schema';
import { resolutionAnswerSchema } from '../../../../contract/schemas/request-schemas';
import { tenantSchema } from '../../../../contract/schemas/tenants/tenant-schema';
import { mayDo, verbsIn } from '../../../../contract/operations/kinds';
import { RESOLUTION_VERBS, STATUSES, type ResolutionVerb } from '../../../../contract/operations/states';
import type { Step } from '../../../../contract/operations/steps';
import { recordStepEvent } from '../../../../registry/operations/step-events';
import { takeResolution } from '../../../../registry/operations/resolutions';
import { tenantCipher } from '../../../../registry/keys/tenant-keys';
import {
  expectAnswer,
  expectProblem,
  order,
  startApiHarness,
  type ApiHarness,
  type Client,
} from '../../../helpers/api';
import { addResource, placeOrder, putInState, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('resolutions over HTTP: not run, this machine has no PostgreSQL');

suite('resolving an operation that waits for an operator', () => {
  let api: ApiHarness;
  let orderer: Client;
  let operator: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    operator = await api.as(['operations:operate']);
  });
  afterAll(() => api.stop());
  beforeEach(() => void Object.assign(api.runs, { down: false, resolveAnswer: { answer: 'taken' }, resolutions: [] }));

  const LEFTOVER = { kind: 'bucket', provider: 'test', region: 'eu-central', id: 'b-1', lastError: '403' };
  const until = new Date('2030-01-01T00:00:00.000Z');

  const resolve = (operationId: string, body: object, key?: string) => {
    const sent = operator.post(`/v1/operations/${operationId}/resolution`, body);
    return key === undefined ? sent : sent.set('idempotency-key', key);
  };
  /** Makes an operation that is on hold because this step failed. */
  async function onHold(
    changes: Partial<TenantProvisioningRequest> = {},
    step: Step = 'integrations',
  ): Promise<Ordered> {
    const ordered = await placeOrder(orderer, {
      subscription: { plan: 'professional', billingCycle: 'monthly', features: [] },
      ...changes,
    });
    await attempted(ordered, step, 'PaymentMethodDeclined');
    await putInState(api, ordered, 'on_hold', { holdUntil: until });
    return ordered;
  }
  const attempted = ({ operationId }: Ordered, step: Step, errorType?: string): Promise<void> =>
    recordStepEvent(api.registry.pool, {
      operationId,
      activityId: randomUUID(),
      attempt: 1,
      step,
      direction: 'forward',
      startedAt: new Date(),
      endedAt: new Date(),
      ...(errorType === undefined ? {} : { errorType }),
    });
  async function withLeftovers(): Promise<Ordered> {
    const ordered = await placeOrder(orderer);
    await putInState(api, ordered, 'needs_operator', { leftovers: [LEFTOVER] });
    return ordered;
  }
  const body = (verb: ResolutionVerb): object => ({
    verb,
    ...(verb === 'amend' ? { patch: { paymentMethod: 'pm_card_visa' } } : {}),
    ...(verb === 'accept' ? { leftovers: [{ kind: 'bucket', id: 'b-1' }] } : {}),
    ...(verb === 'skip' || verb === 'accept' ? { reason: 'Because.' } : {}),
  });
  const states = async ({ operationId }: Ordered): Promise<string[]> =>
    (
      await api.registry.pool.query<{ state: string }>(
        `select state from resolution where operation_id = $1 order by requested_at`,
        [operationId],
      )
    ).rows.map(({ state }) => state);

  test.each(RESOLUTION_VERBS)('%s is stored, and passed to the run with its id', async (verb) => {
    const ordered = verb === 'accept' ? await withLeftovers() : await onHold();
    const response = await resolve(ordered.operationId, body(verb));
    const { resolutionId } = expectAnswer(response, 202, resolutionAnswerSchema);
    expect(response.headers['location']).toBe(`/v1/operations/${ordered.operationId}`);
    const reason = verb === 'skip' || verb === 'accept' ? 'Because.' : '';
    expect(api.runs.resolutions).toEqual([{ operationId: ordered.operationId, verb, resolutionId, reason }]);
    // The run itself records when it takes the decision.
    expect(await states(ordered)).toEqual(['requested']);
  });

  test.each(
    STATUSES.flatMap((status) =>
      RESOLUTION_VERBS.filter((verb) => !mayDo('provision', status, verb)).map((verb) => [status, verb] as const),
    ),
  )('an operation that is %s refuses %s and names what it allows', async (status, verb) => {
    const ordered = await placeOrder(orderer);
    await putInState(api, ordered, status);
    const problem = expectProblem(await resolve(ordered.operationId, body(verb)), 'state-conflict');
    expect(problem.allowed).toEqual(verbsIn('provision', status));
    expect(api.runs.resolutions).toEqual([]);
    expect(await states(ordered)).toEqual([]);
  });

  test.each<[object, string]>([
    [{ verb: 'undo' }, '/verb'],
    [{}, '/verb'],
    [{ verb: 'retry', force: true }, '/force'],
    [{ verb: 'skip' }, '/reason'],
    [{ verb: 'skip', reason: '' }, '/reason'],
    [{ verb: 'accept', reason: 'x', leftovers: [] }, '/leftovers'],
    [{ verb: 'accept', leftovers: [{ kind: 'bucket', id: 'b-1' }] }, '/reason'],
    [{ verb: 'amend' }, '/patch'],
    [{ verb: 'amend', patch: [] }, '/patch'],
    [{ verb: 'retry', reason: 'a\u202eb' }, '/reason'],
  ])('%j is refused at %s', async (wrong, pointer) => {
    const { operationId } = await onHold();
    const problem = expectProblem(await resolve(operationId, wrong), 'invalid-body');
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  });

  test('an amendment to another tenant’s domain is refused, and the operation keeps its own', async () => {
    const [taken, own] = ['taken-by-another.example.com', 'own.example.com'];
    await placeOrder(orderer, { configuration: { customDomain: taken } });
    const { operationId } = await onHold({ configuration: { customDomain: own } }, 'validate');
    const patch = { configuration: { customDomain: taken.toUpperCase() } };
    const problem = expectProblem(await resolve(operationId, { verb: 'amend', patch }), 'invalid-body');
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/patch/configuration/customDomain']);
    const other = await orderer.post('/v1/tenants', order({ configuration: { customDomain: own } }));
    expectProblem(other, 'domain-taken');
  });

  test.each(['__proto__', 'constructor', 'hasOwnProperty'])(
    'a patch with a key %s is refused as a whole',
    async (key) => {
      const ordered = await onHold();
      const raw = `{"verb":"amend","patch":{"paymentMethod":"pm_card_visa","configuration":{"settings":{"${key}":{"a":1}}}}}`;
      const response = await operator
        .post(`/v1/operations/${ordered.operationId}/resolution`)
        .set('content-type', 'application/json')
        .send(raw);
      const problem = expectProblem(response, 'invalid-body');
      expect(problem.errors?.[0]?.pointer).toBe(`/patch/configuration/settings/${key}`);
      expect(await states(ordered)).toEqual([]);
    },
  );

  test('the run’s refusal is passed on and recorded', async () => {
    const ordered = await onHold();
    api.runs.resolveAnswer = { answer: 'refused', words: 'Another operator came first with retry.' };
    const problem = expectProblem(
      await resolve(ordered.operationId, body('compensate'), 'k-refused'),
      'state-conflict',
    );
    expect(problem).toMatchObject({
      detail: 'Another operator came first with retry.',
      allowed: verbsIn('provision', 'on_hold'),
    });
    expect(await states(ordered)).toEqual(['refused']);
    // The run would accept it by now, but a refused decision must be made again with a new key.
    api.runs.resolveAnswer = { answer: 'taken' };
    expectProblem(await resolve(ordered.operationId, body('compensate'), 'k-refused'), 'state-conflict');
    expect(api.runs.resolutions).toHaveLength(1);
  });

  test('a decision that the run has overtaken is refused with what the operation allows now', async () => {
    const ordered = await onHold();
    jest.spyOn(api.runs, 'resolve').mockImplementationOnce(async () => {
      await putInState(api, ordered, 'compensating');
      return { answer: 'not-running' };
    });
    expect(expectProblem(await resolve(ordered.operationId, body('retry')), 'state-conflict').allowed).toEqual([]);
    expect(await states(ordered)).toEqual(['refused']);
  });

  test.each(['down', 'not-running', 'behind'] as const)(
    'no decision is confirmed when the run is %s, and it can be sent again',
    async (how) => {
      const ordered = how === 'behind' ? await withLeftovers() : await onHold();
      if (how === 'down') api.runs.down = true;
      if (how === 'not-running') api.runs.resolveAnswer = { answer: 'not-running' };
      if (how === 'behind') api.runs.resolveAnswer = { answer: 'refused', words: 'Not yet.', status: 'compensating' };
      const key = `k-${how}`;
      const response = await resolve(ordered.operationId, body('retry'), key);
      expectProblem(response, 'temporal-unavailable');
      expect(response.headers['retry-after']).toBeDefined();
      Object.assign(api.runs, { down: false, resolveAnswer: { answer: 'taken' } });
      expect((await resolve(ordered.operationId, body('retry'), key)).status).toBe(202);
      expect(new Set(api.runs.resolutions.map(({ resolutionId }) => resolutionId)).size).toBe(1);
    },
  );

  describe('with an Idempotency-Key', () => {
    test('a repeated decision gets the same answer, even after the run has moved on', async () => {
      const ordered = await onHold();
      const first = await resolve(ordered.operationId, body('retry'), 'k-same');
      const { resolutionId } = first.body as { resolutionId: string };
      const { operationId } = ordered;
      await takeResolution(api.registry.pool, { operationId, resolutionId, verb: 'retry', steps: [] });
      await putInState(api, ordered, 'provisioning');
      const again = await resolve(ordered.operationId, body('retry'), 'k-same');
      expect(again.body).toEqual(first.body);
      expect(api.runs.resolutions).toHaveLength(1);
    });

    test('another body or another operation is refused; another caller may use the same key', async () => {
      const [ordered, other] = [await onHold(), await onHold()];
      await resolve(ordered.operationId, body('retry'), 'k-one');
      expectProblem(await resolve(ordered.operationId, body('compensate'), 'k-one'), 'idempotency-key-reused');
      expectProblem(await resolve(other.operationId, body('retry'), 'k-one'), 'idempotency-key-reused');
      const colleague = await api.as(await api.token(['operations:operate'], 'colleague'));
      const sent = colleague.post(`/v1/operations/${ordered.operationId}/resolution`, body('compensate'));
      expect((await sent.set('idempotency-key', 'k-one')).status).toBe(202);
    });

    test('an unanswered decision does not outlive the next one', async () => {
      const ordered = await onHold();
      api.runs.down = true;
      await resolve(ordered.operationId, body('compensate'), 'k-late');
      api.runs.down = false;
      const { resolutionId } = (await resolve(ordered.operationId, body('retry'))).body as { resolutionId: string };
      const { operationId } = ordered;
      await takeResolution(api.registry.pool, { operationId, resolutionId, verb: 'retry', steps: [] });
      expectProblem(await resolve(ordered.operationId, body('compensate'), 'k-late'), 'state-conflict');
      expect(api.runs.resolutions.map(({ verb }) => verb)).toEqual(['retry']);
    });
  });

  test('a resource that is not a leftover is refused with a pointer', async () => {
    const ordered = await withLeftovers();
    const leftovers = [
      { kind: 'bucket', id: 'b-1' },
      { kind: 'bucket', id: 'b-2' },
    ];
    const response = await resolve(ordered.operationId, { verb: 'accept', leftovers, reason: 'Gone.' });
    expect(expectProblem(response, 'invalid-body').errors).toMatchObject([{ pointer: '/leftovers/1' }]);
  });

  test('a step that the template requires cannot be skipped, and the answer names those that can', async () => {
    const ordered = await onHold({}, 'identity');
    const problem = expectProblem(await resolve(ordered.operationId, body('skip')), 'state-conflict');
    expect(problem.detail).toContain('does not allow identity to be skipped, only integrations');
    expect(problem.allowed).toEqual(verbsIn('provision', 'on_hold').filter((verb) => verb !== 'skip'));
  });

  describe('amending', () => {
    const amend = (ordered: Ordered, patch: object) => resolve(ordered.operationId, { verb: 'amend', patch });
    const amended = async ({ operationId, tenantId }: Ordered): Promise<unknown> => {
      const { rows } = await api.registry.pool.query<{ sealed: Buffer }>(
        `select order_ciphertext as sealed from resolution where operation_id = $1`,
        [operationId],
      );
      const cipher = await tenantCipher(api.registry.pool, api.registry.keys, tenantId);
      return JSON.parse(cipher.open('order', rows[0]!.sealed));
    };

    test('stores the corrected order under the tenant’s key and sends none of it to the run', async () => {
      const ordered = await onHold(
        { paymentMethod: 'pm_card_chargeDeclined', configuration: { integrations: [] } },
        'configuration',
      );
      const patch = {
        paymentMethod: 'pm_card_visa',
        configuration: { integrations: null, settings: { locale: 'de' } },
      };
      expect((await amend(ordered, patch)).status).toBe(202);
      expect(await amended(ordered)).toEqual({
        ...ordered.order,
        paymentMethod: 'pm_card_visa',
        configuration: { settings: { locale: 'de' } },
      });
      expect(JSON.stringify(api.runs.resolutions) + api.log.join()).not.toContain('pm_card_visa');
    });

    test.each<[string, object, string]>([
      ['an invalid order', { adminUser: { email: 'nobody' } }, '/patch/adminUser/email'],
      ['an unknown field', { adminUser: { shoe: 43 } }, '/patch/adminUser/shoe'],
      ['the removal of a required field', { organizationName: null }, '/patch/organizationName'],
      ['a feature beyond the plan', { subscription: { features: ['legal-hold'] } }, '/patch/subscription/features/0'],
      ['a field fixed at acceptance', { tenantName: 'another-name' }, '/patch/tenantName'],
      ['a patch without a change', { organizationName: 'Harbour Cranes' }, '/patch'],
    ])('%s is refused with a pointer', async (_what, patch, pointer) => {
      const ordered = await onHold({}, 'configuration');
      const problem = expectProblem(await amend(ordered, patch), 'invalid-body');
      expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
      expect(await states(ordered)).toEqual([]);
    });

    test('a field that a finished step has read cannot change, and the answer names the step', async () => {
      const ordered = await onHold();
      const problem = expectProblem(await amend(ordered, { configuration: { settings: { a: 1 } } }), 'invalid-body');
      expect(problem.errors).toMatchObject([
        { pointer: '/patch/configuration/settings', detail: expect.stringContaining('“Configure the application”') },
      ]);
    });

    test('a field from which a failed step has already made something cannot change', async () => {
      const ordered = await onHold();
      const patch = { adminUser: { email: 'other@harbour.example' } };
      await addResource(api, ordered, { kind: 'billing-customer', step: 'integrations' });
      const problem = expectProblem(await amend(ordered, patch), 'invalid-body');
      expect(problem.errors).toMatchObject([{ pointer: '/patch/adminUser/email' }]);
      expect((await amend(ordered, { paymentMethod: 'pm_card_visa' })).status).toBe(202);
    });
  });

  test('an operation shows its deadline, decisions and skipped steps; the tenant keeps showing the skipped steps', async () => {
    const ordered = await onHold();
    const path = `/v1/operations/${ordered.operationId}`;
    const waiting = expectAnswer(await operator.get(path), 200, operationSchema);
    expect(waiting).toMatchObject({ hold: { until: until.toISOString() }, resolutions: [] });
    expect(waiting.steps.find(({ id }) => id === 'integrations')?.state).toBe('failed');

    const { resolutionId } = (await resolve(ordered.operationId, body('skip'))).body as { resolutionId: string };
    await takeResolution(api.registry.pool, { ...ordered, resolutionId, verb: 'skip', steps: ['integrations'] });
    await putInState(api, ordered, 'active');
    const { hold, resolutions, steps } = expectAnswer(await operator.get(path), 200, operationSchema);
    expect(hold).toBeUndefined();
    const decided = { reason: 'Because.', by: 'token:operations-operate', at: expect.any(String) };
    expect(resolutions).toEqual([{ verb: 'skip', verified: true, ...decided }]);
    expect(steps.find(({ id }) => id === 'integrations')).toMatchObject({ state: 'skipped', reason: 'Because.' });
    const tenant = expectAnswer(await operator.get(`/v1/tenants/${ordered.tenantId}`), 200, tenantSchema);
    expect(tenant.skippedSteps).toEqual([{ step: 'integrations', ...decided }]);
  });

  test('an order’s choice to hold is passed to its run', async () => {
    const { operationId } = await onHold({ recovery: { onPermanentFailure: 'hold' } });
    const run = api.runs.started.find((started) => started.operationId === operationId);
    expect(run?.recovery).toEqual({ onPermanentFailure: 'hold', holdSeconds: 24 * 3600, skippable: ['integrations'] });
    const problem = expectProblem(
      await orderer.post('/v1/tenants', {
        ...(await placeOrder(orderer)).order,
        recovery: { onPermanentFailure: 'hold' },
      }),
      'invalid-order',
    );
    expect(problem.errors).toMatchObject([{ pointer: '/recovery/onPermanentFailure', type: 'RecoveryNotInPlan' }]);
  });
});
