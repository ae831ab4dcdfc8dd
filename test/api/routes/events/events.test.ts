import { eventPageSchema, type PublicEvent } from '../../../../contract/schemas/event-schema';
import { forgetEvents } from '../../../../registry/events/retention';
import { recordOutcome } from '../../../../registry/operations/transitions';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { commitEvents, numbersOf, testEvent } from '../../../helpers/events/events';
import { placeOrder, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';
import { listEvents, newestSequence } from '../../../../registry/events/read';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('pages of events: not run, this machine has no PostgreSQL');

suite('events over HTTP, page by page', () => {
  let api: ApiHarness;
  let reader: Client;
  let ordered: Ordered;

  beforeAll(async () => {
    api = await startApiHarness();
    reader = await api.as(['tenants:read']);
  });
  beforeEach(async () => {
    ordered = await placeOrder(await api.as(['tenants:order']));
  });
  afterAll(() => api.stop());

  const page = async (path: string, client = reader) => expectAnswer(await client.get(path), 200, eventPageSchema);
  const typesOf = (events: PublicEvent[]): string[] => events.map(({ type }) => type);
  const fail = async (): Promise<void> => {
    const { operationId } = ordered;
    await recordOutcome(api.registry.pool, { operationId, status: 'compensating' });
    await recordOutcome(api.registry.pool, { operationId, status: 'failed' });
  };

  test('an operation’s events begin with its acceptance, and say when it has ended', async () => {
    const path = `/v1/operations/${ordered.operationId}/events`;
    const begun = await page(path);
    expect(begun).toMatchObject({ more: false });
    expect(begun.ended).toBeUndefined();
    expect(typesOf(begun.items)).toEqual(['tenant.state', 'operation.status']);
    expect(begun.items[0]).toMatchObject({ tenantId: ordered.tenantId, operationId: ordered.operationId });
    await fail();
    const rest = await page(`${path}?after=${begun.position}`);
    expect(rest.items.at(-1)).toMatchObject({ type: 'tenant.state', data: { from: 'provisioning', state: 'gone' } });
    expect(rest.ended).toBe(true);
    const nothing = await page(`${path}?after=${rest.position}&wait=20`);
    expect(nothing).toEqual({ items: [], position: rest.position, more: false, ended: true });
  });

  test('pages of any size give every event once', async () => {
    const start = await newestSequence(api.registry.pool);
    await commitEvents(api.registry.pool, ...Array.from({ length: 25 }, (_, n) => testEvent(n)));
    const seen: number[] = [];
    for (let after = start, more = true; more;) {
      const next = await page(`/v1/events?after=${after}&limit=4`);
      expect(next.items.length).toBeLessThanOrEqual(4);
      seen.push(...next.items.map(({ sequence }) => sequence));
      ({ position: after, more } = next);
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => start + 1 + n));
  });

  test('without a position there is nothing yet, and the position from which to go on', async () => {
    const { items, position } = await page('/v1/events');
    expect(items).toEqual([]);
    await commitEvents(api.registry.pool, testEvent(7));
    expect((await page(`/v1/events?after=${position}`)).items).toHaveLength(1);
  });

  test('a page that waits is answered by the next event that it asks for, and is empty when the time is up', async () => {
    const { position } = await page('/v1/events');
    const types = 'operation.status';
    const waiting = page(`/v1/events?after=${position}&types=${types}&wait=20`);
    await commitEvents(api.registry.pool, testEvent(1));
    await fail();
    expect(typesOf((await waiting).items)[0]).toBe('operation.status');
    const rest = await page(`/v1/events?after=${(await waiting).position}&types=${types}`);
    const empty = await page(`/v1/events?after=${rest.position}&wait=1`);
    expect(empty).toEqual({ items: [], position: empty.position, more: false });
  });

  test('filters by type, tenant and plan', async () => {
    const { position } = await page('/v1/events');
    const other = await placeOrder(await api.as(['tenants:order']), {
      subscription: { plan: 'professional', billingCycle: 'monthly', features: [] },
    });
    const tenants = async (query: string): Promise<(string | undefined)[]> =>
      (await page(`/v1/events?after=${position}&${query}`)).items.map(({ tenantId }) => tenantId);
    const third = await placeOrder(await api.as(['tenants:order']));
    expect(await tenants('plan=professional')).toEqual([other.tenantId, other.tenantId]);
    expect(await tenants(`tenant=${third.tenantId}`)).toEqual([third.tenantId, third.tenantId]);
    expect(await tenants('types=tenant.state')).toEqual([other.tenantId, third.tenantId]);
    expect(await tenants('types=tenant.state,operation.status&plan=starter')).toEqual([third.tenantId, third.tenantId]);
  });

  test('a filter that matches little looks at a part of the log at a time', async () => {
    const { position } = await page('/v1/events');
    await commitEvents(api.registry.pool, ...Array.from({ length: 6_000 }, (_, n) => testEvent(n)));
    await placeOrder(await api.as(['tenants:order']));
    const first = await page(`/v1/events?after=${position}&types=tenant.state`);
    expect(first).toEqual({ items: [], position: position + 5_000, more: true });
    const second = await page(`/v1/events?after=${first.position}&types=tenant.state`);
    expect(typesOf(second.items)).toEqual(['tenant.state']);
    expect(second.more).toBe(false);
  });

  test.each([
    ['types=tenant.renamed', /Must be types of events.*operation\.status/],
    ['types=', /Must be types of events/],
    ['types=tenant.state,', /Must be types of events/],
    ['plan=gold', /one of starter/],
    ['tenant=x', /./],
    ['after=-1', /whole number/],
    ['limit=0', /whole number from 1 to 500/],
    ['wait=31', /whole number from 0 to 30/],
  ])('%s is refused and says what is allowed', async (query, why) => {
    const { errors } = expectProblem(await reader.get(`/v1/events?${query}`), 'invalid-parameter');
    expect(errors).toEqual([{ pointer: `/${query.split('=')[0]}`, detail: expect.stringMatching(why) as string }]);
  });

  test.each(['text/event-stream', 'application/json'])(
    'a position from the future or a malformed one is refused (%s)',
    async (accept) => {
      const newest = await newestSequence(api.registry.pool);
      const future = reader.get(`/v1/events?after=${newest + 1}`).set('accept', accept);
      expect(expectProblem(await future, 'unknown-position')).toMatchObject({ newest });
      const malformed = reader.get('/v1/events').set('accept', accept).set('last-event-id', 'x');
      expectProblem(await malformed, 'unknown-position');
    },
  );

  test('a stream of an operation that has ended answers 204 to a client that has seen everything', async () => {
    await fail();
    const path = `/v1/operations/${ordered.operationId}/events`;
    const { position } = await page(path);
    const again = await reader.get(path).set('accept', 'text/event-stream').set('last-event-id', String(position));
    expect(again.status).toBe(204);
    const whole = await reader.get(path).set('accept', 'text/event-stream');
    expect(whole.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(whole.text).toContain(`id: ${position}\n`);
  });

  test('positions whose events are no longer kept are refused with the oldest that is; an operation begins there', async () => {
    const { pool } = api.registry;
    await commitEvents(pool, testEvent(1));
    // Only events that have a number are deleted.
    const newest = await newestSequence(pool);
    await forgetEvents(pool, new Date(Date.now() + 60_000));
    await commitEvents(pool, testEvent(2), { ...testEvent(3), operationId: ordered.operationId });
    for (const accept of ['text/event-stream', 'application/json']) {
      const expired = await reader.get(`/v1/events?after=${newest - 1}`).set('accept', accept);
      expect(expectProblem(expired, 'events-expired')).toMatchObject({ oldest: newest + 1, newest: newest + 2 });
    }
    expect((await page(`/v1/operations/${ordered.operationId}/events`)).items).toHaveLength(1);
    expect(numbersOf((await listEvents(pool, { after: newest, limit: 10 })).events)).toEqual([2, 3]);
  });
});
