import { tenantUsageSchema, usageReceiptSchema } from '../../../../contract/schemas/usage/usage-schema';
import { addDays, dayOf } from '../../../../contract/usage/periods';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';
import { meteredTenant } from '../../../helpers/tenants/usage';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('usage over HTTP: not run, this machine has no PostgreSQL');

suite('usage over HTTP', () => {
  let api: ApiHarness;
  let application: Client;
  let reader: Client;
  let tenantId: string;
  beforeAll(async () => {
    api = await startApiHarness();
    application = await api.as(['usage:write']);
    reader = await api.as(['tenants:read']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => void (tenantId = await meteredTenant(api.registry)));

  const today = dayOf(new Date());
  const record = (changes: object = {}) => ({
    recordId: 'hour-12',
    tenantId,
    meter: 'api_requests',
    at: `${today}T00:00:00Z`,
    value: 250,
    ...changes,
  });
  const report = (...records: object[]) => application.post('/v1/usage', { records });
  const read = async (query = '') =>
    expectAnswer(await reader.get(`/v1/tenants/${tenantId}/usage${query}`), 200, tenantUsageSchema);

  test('is reported, answered record by record, and shown with the share of its limit', async () => {
    const sent = [record(), record(), record({ recordId: 'x', meter: 'unicorns' })];
    const { results, refused } = expectAnswer(await report(...sent), 200, usageReceiptSchema);
    expect(refused).toBe(1);
    expect(results).toMatchObject([
      { tenantId, recordId: 'hour-12', outcome: 'recorded' },
      { outcome: 'duplicate' },
      {
        recordId: 'x',
        outcome: 'refused',
        reason: 'no-meter',
        detail: expect.stringContaining('Use one that') as string,
      },
    ]);
    const { meters } = await read('?meter=api_requests');
    expect(meters).toMatchObject([
      {
        meter: 'api_requests',
        current: { per: 'day', from: today, to: today, used: 250, limit: 1_000, share: 0.25 },
        periods: [{ from: today, used: 250 }],
      },
    ]);
  });

  test('says when a tenant is near a limit or at it', async () => {
    await report(record({ value: 800 }));
    expect((await read('?meter=api_requests')).meters[0]!.current.level).toBe('near');
    await report(record({ value: 1_200, revision: 2 }));
    expect((await read('?meter=api_requests')).meters[0]!.current).toMatchObject({ level: 'reached', share: 1.2 });
  });

  test('is shown by month, for the days asked for', async () => {
    const before = addDays(today, -70);
    await report(record(), record({ recordId: 'early', at: `${before}T01:00:00+01:00`, value: 5 }));
    const { meters, from, to } = await read(`?meter=api_requests&by=month&from=${before}&to=${today}`);
    expect({ from, to }).toEqual({ from: before, to: today });
    expect(meters[0]!.periods).toEqual([
      { from: `${before.slice(0, 7)}-01`, used: 5 },
      { from: `${today.slice(0, 7)}-01`, used: 250 },
    ]);
    expect((await read(`?meter=api_requests&to=${addDays(today, -1)}`)).meters[0]!.periods).toEqual([]);
  });

  test('names every meter of the plan and those that are measured here, also before anything is used', async () => {
    const { meters } = await read();
    expect(meters.map(({ meter, current }) => [meter, current.used, current.limit])).toEqual([
      ['api_requests', 0, 1_000],
      ['storage_bytes', 0, 5e9],
      ['database_bytes', 0, undefined],
    ]);
  });

  test('that has a wrong form is refused as a whole, with pointers and reasons', async () => {
    const answer = await report(
      record(),
      record({ recordId: 'a', value: -1 }),
      record({ recordId: 'mail@example.com' }),
    );
    const { errors } = expectProblem(answer, 'invalid-body');
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/records/1/value', '/records/2/recordId']);
    expect((await read('?meter=api_requests')).meters[0]!.current.used).toBe(0);
    const many = Array.from({ length: 501 }, (_, index) => record({ recordId: `r${index}` }));
    expect(expectProblem(await report(...many), 'invalid-body').errors?.[0]?.pointer).toBe('/records');
    expectProblem(await application.post('/v1/usage', { source: 'provisioner', records: [record()] }), 'invalid-body');
  });

  test('of 500 records fits into one request', async () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      record({ recordId: `r${index}`.padEnd(128, '-'), value: 1 }),
    );
    expect(expectAnswer(await report(...many), 200, usageReceiptSchema).refused).toBe(0);
    expect((await read('?meter=api_requests')).meters[0]!.current.used).toBe(500);
  });

  test('asks for a range and a meter that exist', async () => {
    const path = `/v1/tenants/${tenantId}/usage`;
    for (const query of [`?from=${today}&to=${addDays(today, -1)}`, '?from=2020-01-01', '?meter=unicorns', '?from=x'])
      expectProblem(await reader.get(path + query), 'invalid-parameter');
  });

  test('is written only by its role, and read only by those who see the tenant', async () => {
    expectProblem(await reader.post('/v1/usage', { records: [record()] }), 'forbidden');
    expectProblem(await application.get(`/v1/tenants/${tenantId}/usage`), 'forbidden');
    const stranger = await api.as(await api.token(['tenants:order'], 'stranger'));
    expectProblem(await stranger.get(`/v1/tenants/${tenantId}/usage`), 'not-found');
  });
});
