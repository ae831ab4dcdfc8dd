import { setTimeout as sleep } from 'node:timers/promises';
import { EventFeed } from '../../../api/events/feed';
import { createRegistryPool } from '../../../registry/database';
import { newestSequence } from '../../../registry/events/read';
import { recordOutcome } from '../../../registry/operations/transitions';
import { startApiHarness, type ApiHarness } from '../../helpers/api';
import { commitEvents, testEvent } from '../../helpers/events/events';
import { placeOrder } from '../../helpers/tenants/operations';
import { startLine, type CuttableLine } from '../../helpers/providers/cuttable-line';
import { hasPostgres } from '../../helpers/registry';
import { seededRandom } from '../../helpers/seeded-random';
import { followStream, listeningApi, type FollowedStream, type ListeningApi } from '../../helpers/events/streams';
import { eventually } from '../../stack/eventually';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('streams of events: not run, this machine has no PostgreSQL');

suite('streams of events', () => {
  let api: ApiHarness;
  let token: string;
  let start: number;
  const stops: (() => unknown)[] = [];

  beforeAll(async () => {
    api = await startApiHarness();
    token = await api.token(['tenants:read']);
  });
  beforeEach(async () => {
    start = await newestSequence(api.registry.pool);
  });
  afterEach(async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  });
  afterAll(() => api.stop());

  async function listening(...given: Parameters<typeof listeningApi>): Promise<ListeningApi> {
    const process = await listeningApi(...given);
    stops.push(process.stop);
    return process;
  }
  function follow(url: string, after?: number, as = token): FollowedStream {
    const stream = followStream(url, as, after);
    stops.push(stream.close);
    return stream;
  }
  async function lineTo(target: string): Promise<CuttableLine> {
    const line = await startLine(target);
    stops.push(() => line.close());
    return line;
  }
  const write = (count: number): Promise<void> =>
    commitEvents(api.registry.pool, ...Array.from({ length: count }, (_, n) => testEvent(n)));
  const numbers = ({ events }: FollowedStream): number[] => events.map(({ sequence }) => sequence);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => start + 1 + n);

  test('a client that is cut off at random moments gets every event exactly once, in order', async () => {
    const random = seededRandom(7);
    const { port } = await listening(api.dependencies);
    const line = await lineTo(`127.0.0.1:${port}`);
    const stream = follow(`http://${line.address}/v1/events`, start);
    let written = 0;
    let cuts = 0;
    for (let turn = 0; cuts < 5 || stream.connections <= cuts; turn++) {
      const count = 1 + Math.floor(random() * (turn % 40 === 0 ? 400 : 12));
      await write(count);
      written += count;
      await sleep(random() * 60);
      if (cuts < 5 && stream.connections > cuts && random() < 0.2) {
        cuts++;
        line.cut();
        await sleep(random() * 100);
        line.mend();
      }
    }
    await eventually(() => stream.events.length >= written, 30_000);
    expect(numbers(stream)).toEqual(upTo(written));
    expect(stream.connections).toBe(6);
  });

  test('the stream of an operation ends with the operation, and its client does not come back', async () => {
    const { url } = await listening(api.dependencies);
    const { operationId } = await placeOrder(await api.as(['tenants:order']));
    const stream = follow(`${url}/v1/operations/${operationId}/events`);
    await eventually(() => stream.events.length === 2);
    await write(3);
    await recordOutcome(api.registry.pool, { operationId, status: 'compensating' });
    await recordOutcome(api.registry.pool, { operationId, status: 'failed' });
    await eventually(stream.hasEnded);
    expect(stream).toMatchObject({ connections: 1, refused: 204 });
    expect(stream.events.slice(2).map(({ type, data }) => data['status'] ?? type)).toEqual([
      'compensating',
      'failed',
      'tenant.state',
    ]);
  });

  test('streams survive a restart of the API and lose nothing that happened meanwhile', async () => {
    const first = await listeningApi(api.dependencies);
    const streams = Array.from({ length: 10 }, () => follow(`${first.url}/v1/events`, start));
    await write(5);
    await eventually(() => streams.every(({ events }) => events.length === 5));
    await first.stop();
    await write(5);
    await listening(api.dependencies, first.port);
    await write(5);
    await eventually(() => streams.every(({ events }) => events.length >= 15), 20_000);
    for (const stream of streams) expect(numbers(stream)).toEqual(upTo(15));
  });

  test('an event whose notification was lost arrives about a second later', async () => {
    const { url } = await listening(api.dependencies);
    const stream = follow(`${url}/v1/events`, start);
    await eventually(() => stream.connections === 1);
    await api.registry.pool.query(`insert into event (type, data) values ('quarantine.ended', '{}')`);
    await api.registry.pool.query(`insert into event (type, data) values ('approval.expired', '{}')`);
    await eventually(() => stream.events.length === 1, 3_000);
    expect(stream.events[0]).toMatchObject({ sequence: start + 2, type: 'approval.expired' });
  });

  test('events of types that a newer version has added hold up no stream, and clients go on behind them', async () => {
    const { url } = await listening(api.dependencies);
    const stream = follow(`${url}/v1/events`, start);
    await eventually(() => stream.connections === 1);
    await api.registry.pool.query(
      `insert into event (type, data) select 'tenant.renamed', '{"to": {"name": 7}}' from generate_series(1, 300)`,
    );
    await write(1);
    await eventually(() => stream.events.length === 1);
    expect(stream.events[0]).toMatchObject({ sequence: start + 301, type: 'evidence.recorded' });
    expect(stream.connections).toBe(1);
  });

  test('streams stay open through an outage of the registry', async () => {
    const { pool: direct, url: registryUrl } = api.registry;
    const line = await lineTo(new URL(registryUrl).host);
    const pool = createRegistryPool(Object.assign(new URL(registryUrl), { host: line.address }).href, 4, 'streams');
    stops.push(() => pool.end());
    const { url } = await listening({ ...api.dependencies, pool });
    const streams = [follow(`${url}/v1/events`, start), follow(`${url}/v1/events`, start)];
    await eventually(() => streams.every(({ connections }) => connections === 1));
    await write(1);
    await eventually(() => streams.every(({ events }) => events.length === 1));
    line.cut();
    await commitEvents(direct, testEvent(1), testEvent(2));
    await sleep(1_500);
    line.mend();
    await eventually(() => streams.every(({ events }) => events.length === 3));
    expect(streams.map(({ connections }) => connections)).toEqual([1, 1]);
  });

  test('many streams read each event from the registry once', async () => {
    const { url } = await listening(api.dependencies);
    const streams = Array.from({ length: 40 }, () => follow(`${url}/v1/events`, start));
    await eventually(() => streams.every(({ connections }) => connections === 1));
    await write(1);
    await eventually(() => streams.every(({ events }) => events.length === 1));
    const queries = jest.spyOn(api.registry.pool, 'query');
    stops.push(() => queries.mockRestore());
    for (let turn = 1; turn <= 10; turn++) {
      await write(1);
      await eventually(() => streams.every(({ events }) => events.length === 1 + turn));
    }
    const reads = queries.mock.calls.filter(([sql]) => String(sql).includes('from event left join operation'));
    expect(reads.length).toBeGreaterThanOrEqual(10);
    expect(reads.length).toBeLessThan(80);
  });

  test('a caller has a limited number of streams, and gets another when one has ended', async () => {
    const { url } = await listening({ ...api.dependencies, rateLimit: { perMinute: 100_000, streamsPerCaller: 2 } });
    const [one] = [follow(`${url}/v1/events`, start), follow(`${url}/v1/events`, start)];
    await eventually(() => one.connections === 1);
    const refused = follow(`${url}/v1/events`, start);
    await eventually(refused.hasEnded);
    expect(refused.refused).toBe(429);
    one.close();
    const stream = (): Promise<Response> =>
      fetch(`${url}/v1/events`, { headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` } });
    await eventually(async () => {
      const { status, body } = await stream();
      await body?.cancel();
      return status === 200;
    });
  });

  test('a feed that no one reads keeps no connection to the registry, and one that has stopped ends its readers', async () => {
    const pool = createRegistryPool(api.registry.url, 2, 'an idle feed');
    stops.push(() => pool.end());
    const feed = new EventFeed(pool, api.dependencies.logger);
    expect(pool.totalCount).toBe(0);
    const portions = feed.follow({ accepts: () => true }, start, 60_000, new AbortController().signal);
    expect((await portions.next()).done).toBe(false);
    const next = portions.next();
    await feed.stop();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
