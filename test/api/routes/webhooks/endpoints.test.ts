import {
  endpointCreatedSchema,
  endpointPageSchema,
  endpointSchema,
  secretRotatedSchema,
} from '../../../../contract/schemas/webhooks/endpoint-schema';
import { ENDPOINTS_PER_CALLER } from '../../../../contract/webhooks/webhooks';
import { readTrail } from '../../../../registry/audit/trail';
import { CONTROL_PLANE } from '../../../../contract/audit/chain';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('webhook endpoints over HTTP: not run, this machine has no PostgreSQL');

const PATH = '/v1/webhook-endpoints';
const URL = 'https://hooks.example.com/provisioner';

suite('webhook endpoints', () => {
  let api: ApiHarness;
  let owner: Client;
  let other: Client;
  let operator: Client;
  beforeAll(async () => {
    api = await startApiHarness();
    owner = await api.as(['webhooks:manage', 'tenants:read']);
    other = await api.as(await api.token(['webhooks:manage'], 'other'));
    operator = await api.as(['operations:operate']);
  });
  beforeEach(() => api.registry.asOwner('truncate webhook_endpoint cascade'));
  afterAll(() => api.stop());

  const create = async (body: object = {}, client = owner) =>
    expectAnswer(await client.post(PATH, { url: URL, ...body }), 201, endpointCreatedSchema);
  const get = async (endpointId: string) => expectAnswer(await owner.get(`${PATH}/${endpointId}`), 200, endpointSchema);

  test('a new endpoint shows its secret once and nowhere else', async () => {
    const response = await owner.post(PATH, { url: URL, eventTypes: ['tenant.state'] });
    const { secret, ...endpoint } = expectAnswer(response, 201, endpointCreatedSchema);
    expect(secret).toMatch(/^whsec_/);
    expect(response.headers).toMatchObject({ location: `${PATH}/${endpoint.endpointId}`, 'cache-control': 'no-store' });
    expect(endpoint).toMatchObject({ url: URL, eventTypes: ['tenant.state'], state: 'enabled' });
    expect(await get(endpoint.endpointId)).toEqual(endpoint);
    const list = await owner.get(PATH);
    expect(expectAnswer(list, 200, endpointPageSchema).items).toEqual([endpoint]);
    expect(list.text + api.log.join()).not.toContain(secret.slice(6));
  });

  test('belongs to its caller: others do not see it, operators look at it but do not change it', async () => {
    const { endpointId } = await create();
    for (const call of [
      other.get(`${PATH}/${endpointId}`),
      other.patch(`${PATH}/${endpointId}`, { url: URL }),
      other.delete(`${PATH}/${endpointId}`),
      other.post(`${PATH}/${endpointId}:rotate-secret`),
      other.post(`${PATH}/${endpointId}:disable`),
    ])
      expectProblem(await call, 'not-found');
    expect(expectAnswer(await other.get(PATH), 200, endpointPageSchema).items).toEqual([]);
    expect(expectAnswer(await operator.get(PATH), 200, endpointPageSchema).items).toHaveLength(1);
    expectAnswer(await operator.get(`${PATH}/${endpointId}`), 200, endpointSchema);
    expectProblem(await operator.patch(`${PATH}/${endpointId}`, { url: URL }), 'forbidden');
    expectProblem(await operator.post(`${PATH}/${endpointId}:rotate-secret`), 'forbidden');
  });

  test.each(['http://hooks.example.com/', 'https://127.0.0.1/', 'https://localhost/', 'nonsense'])(
    'the URL %s is refused with a pointer to it',
    async (url) => {
      const problem = expectProblem(await owner.post(PATH, { url }), 'invalid-body');
      expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/url']);
      const { endpointId } = await create();
      expectProblem(await owner.patch(`${PATH}/${endpointId}`, { url }), 'invalid-body');
      expect((await get(endpointId)).url).toBe(URL);
    },
  );

  test('an unknown type of event is refused', async () => {
    const problem = expectProblem(await owner.post(PATH, { url: URL, eventTypes: ['tenant.stat'] }), 'invalid-body');
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(['/eventTypes/0']);
  });

  test('a change sets what it names, and null stands for every type', async () => {
    const { endpointId } = await create({ eventTypes: ['tenant.state'] });
    const change = async (body: object) =>
      expectAnswer(await owner.patch(`${PATH}/${endpointId}`, body), 200, endpointSchema);
    const moved = await change({ url: 'https://hooks.example.com/new' });
    expect(moved).toMatchObject({ url: 'https://hooks.example.com/new', eventTypes: ['tenant.state'] });
    expect(await change({ eventTypes: null })).not.toHaveProperty('eventTypes');
    expect(await change({})).toMatchObject({ url: 'https://hooks.example.com/new' });
  });

  test('a rotation gives another secret and says until when the old one is valid', async () => {
    const { endpointId, secret } = await create();
    const response = await owner.post(`${PATH}/${endpointId}:rotate-secret`);
    const rotated = expectAnswer(response, 200, secretRotatedSchema);
    expect(rotated.secret).not.toBe(secret);
    expect((await get(endpointId)).previousSecretUntil).toBe(rotated.previousUntil);
  });

  test('is disabled and enabled again, also by an operator, and repeating either changes nothing', async () => {
    const { endpointId } = await create();
    const disabled = expectAnswer(await operator.post(`${PATH}/${endpointId}:disable`), 200, endpointSchema);
    expect(disabled).toMatchObject({ state: 'disabled', disabledBecause: 'requested' });
    expect(expectAnswer(await owner.post(`${PATH}/${endpointId}:disable`), 200, endpointSchema)).toEqual(disabled);
    expectProblem(await owner.post(`${PATH}/${endpointId}:test`), 'state-conflict');
    const enabled = expectAnswer(await owner.post(`${PATH}/${endpointId}:enable`), 200, endpointSchema);
    expect(enabled.state).toBe('enabled');
    expect(enabled).not.toHaveProperty('disabledAt');
  });

  test('is counted by its state, and messages by theirs', async () => {
    const [{ endpointId }, second, third] = [await create(), await create(), await create()];
    await owner.post(`${PATH}/${second.endpointId}:disable`);
    await owner.post(`${PATH}/${third.endpointId}:test`);
    await api.registry.pool.query(`update webhook_endpoint set failing_since = now() where endpoint_id = $1`, [
      endpointId,
    ]);
    const text = await api.scrape();
    for (const line of [
      'endpoints{state="enabled"}',
      'endpoints{state="failing"}',
      'endpoints{state="disabled"}',
      'messages{state="waiting"}',
    ])
      expect(text).toContain(`provisioner_webhook_${line} 1`);
  });

  test('once deleted, it is unknown', async () => {
    const { endpointId } = await create();
    expect((await owner.delete(`${PATH}/${endpointId}`)).status).toBe(204);
    expectProblem(await owner.get(`${PATH}/${endpointId}`), 'not-found');
    expectProblem(await owner.delete(`${PATH}/${endpointId}`), 'not-found');
  });

  test('concurrent requests do not exceed the number of endpoints of a caller', async () => {
    const answers = await Promise.all(
      Array.from({ length: ENDPOINTS_PER_CALLER + 3 }, () => owner.post(PATH, { url: URL })),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(3);
    refused.forEach((response) => expectProblem(response, 'state-conflict'));
    await create({}, other);
  });

  test('each change is in the audit trail of the control plane, without the secret and the URL', async () => {
    const { endpointId, secret } = await create();
    await owner.patch(`${PATH}/${endpointId}`, { url: `${URL}/secret-path` });
    await owner.post(`${PATH}/${endpointId}:rotate-secret`);
    await owner.post(`${PATH}/${endpointId}:disable`);
    await owner.post(`${PATH}/${endpointId}:enable`);
    await owner.delete(`${PATH}/${endpointId}`);
    const entries: string[] = [];
    for await (const { action, detail } of readTrail(api.registry.pool, { tenantId: CONTROL_PLANE })) {
      expect(JSON.stringify(detail)).not.toMatch(new RegExp(`${secret.slice(6, 20)}|secret-path`));
      if (detail['endpointId'] === endpointId) entries.push(action.replace('webhook-endpoint.', ''));
    }
    expect(entries).toEqual(['created', 'changed', 'secret-rotated', 'disabled', 'enabled', 'deleted']);
  });
});
