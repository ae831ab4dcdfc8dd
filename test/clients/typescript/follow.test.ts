import type { ServerResponse } from 'node:http';
import { createClient, type Client, type Event } from '../../../clients/typescript/src/index';
import { eventually } from '../../stack/eventually';
import {
  all,
  beginStream,
  frameOf,
  operation,
  positionOf,
  sendJson,
  sendProblem,
  startFakeApi,
  statusEvent,
  stepEvent,
  type Asked,
  type FakeApi,
} from './fake-api';

const EVENTS = [...Array.from({ length: 20 }, (_, n) => stepEvent(n + 1)), statusEvent(21, 'active')];

let fake: FakeApi;
let client: Client;
beforeEach(async () => {
  fake = await startFakeApi();
  client = createClient({ baseUrl: fake.url, token: 'tp_token' });
});
afterEach(() => fake.stop());

const isStream = ({ headers }: Asked): boolean => headers.accept === 'text/event-stream';
const streams = (): Asked[] => fake.asked.filter(isStream);
const after = (asked: Asked): Event[] => EVENTS.filter(({ sequence }) => sequence > positionOf(asked));

/** Serves the operation and its events; `stream` decides how each connection goes. */
function serveOperation(stream: (asked: Asked, response: ServerResponse, connection: number) => void): void {
  fake.serve = (asked, response) => {
    if (!asked.path.includes('/events')) return sendJson(response, 200, operation('active'));
    if (!isStream(asked)) {
      const items = after(asked).slice(0, 5);
      const position = items.at(-1)?.sequence ?? positionOf(asked);
      return sendJson(response, 200, { items, position, more: false, ...(position === 21 ? { ended: true } : {}) });
    }
    if (positionOf(asked) === 21) return response.writeHead(204).end();
    stream(asked, response, streams().length);
  };
}

async function eventsOfOperation(): Promise<number[]> {
  const handle = await client.operation('op_1');
  return (await all(handle.events())).map(({ sequence }) => sequence);
}

const everyNumber = EVENTS.map(({ sequence }) => sequence);

test('each event arrives once and in order although every connection breaks in the middle of an event', async () => {
  serveOperation((asked, response, connection) => {
    beginStream(response);
    const text = after(asked).map(frameOf).join('');
    // Later connections live longer, so that the end is reached.
    response.write(text.slice(0, connection * 290));
    setTimeout(() => response.destroy(), 20);
  });
  expect(await eventsOfOperation()).toEqual(everyNumber);
  expect(streams().length).toBeGreaterThan(3);
});

test('a stream that repeats itself after an interruption gives no event twice', async () => {
  serveOperation((_asked, response) => {
    beginStream(response);
    response.end(
      EVENTS.slice(0, 10 * streams().length)
        .map(frameOf)
        .join(''),
    );
  });
  expect(await eventsOfOperation()).toEqual(everyNumber);
});

test('an outage of the API only delays', async () => {
  serveOperation((asked, response, connection) => {
    beginStream(response);
    response.write(
      after(asked)
        .slice(0, connection === 1 ? 7 : 99)
        .map(frameOf)
        .join(''),
    );
    if (connection > 1) response.end();
  });
  const handle = await client.operation('op_1');
  const seen: number[] = [];
  const problems: string[] = [];
  const following = (async () => {
    const onReconnect = ({ error }: { error: Error }): void => void problems.push(error.message);
    for await (const { sequence } of handle.events({ onReconnect })) seen.push(sequence);
  })();
  await eventually(() => seen.length === 7);
  await fake.goDown();
  await eventually(() => problems.length > 3);
  await fake.comeBack();
  await following;
  expect(seen).toEqual(everyNumber);
  expect(problems.join()).toContain('ECONNREFUSED');
});

test('a heartbeat moves the position that the next connection begins at', async () => {
  serveOperation((asked, response) => {
    beginStream(response);
    if (positionOf(asked) === 0) response.end(': heartbeat\nid: 15\n\n');
    else response.end(after(asked).map(frameOf).join(''));
  });
  expect(await eventsOfOperation()).toEqual(everyNumber.slice(15));
});

test('Retry-After is waited for when there are too many streams', async () => {
  const times: number[] = [];
  serveOperation((asked, response, connection) => {
    times.push(performance.now());
    if (connection === 1) return sendProblem(response, 429, 'too-many-requests', { headers: { 'retry-after': '1' } });
    beginStream(response);
    response.end(after(asked).map(frameOf).join(''));
  });
  expect(await eventsOfOperation()).toEqual(everyNumber);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
});

test('events come page by page where a proxy does not let streams through', async () => {
  serveOperation((_asked, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sorry</p>'));
  expect(await eventsOfOperation()).toEqual(everyNumber);
  expect(streams().length).toBeLessThan(4);
});

test('a problem that waiting cannot cure ends the iteration', async () => {
  serveOperation((_asked, response) => sendProblem(response, 401, 'unauthenticated'));
  await expect(eventsOfOperation()).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(streams()).toHaveLength(1);
});

test('without a position, events are followed from the present, even if the first connection brings none', async () => {
  fake.serve = (asked, response) => {
    if (!isStream(asked)) return sendJson(response, 200, { items: [], position: 5, more: false });
    beginStream(response);
    if (streams().length === 1) response.end();
    else response.write(after(asked).map(frameOf).join(''));
  };
  const stop = new AbortController();
  const seen: number[] = [];
  const filter = { types: ['step.state', 'operation.status'], plan: 'starter', tenant: 'tenant1' } as const;
  const following = (async () => {
    for await (const { sequence } of client.events({ ...filter, signal: stop.signal })) {
      seen.push(sequence);
      if (sequence === 21) stop.abort(new Error('enough'));
    }
  })();
  await expect(following).rejects.toThrow('enough');
  expect(seen).toEqual(everyNumber.slice(5));
  expect(streams().map(positionOf)).toEqual([5, 5]);
  expect(streams()[0]?.path).toBe('/v1/events?types=step.state%2Coperation.status&tenant=tenant1&plan=starter');
});

test('a reader that stops early closes its connection', async () => {
  let isClosed = false;
  serveOperation((asked, response) => {
    beginStream(response);
    response.once('close', () => (isClosed = true)).write(after(asked).slice(0, 3).map(frameOf).join(''));
  });
  const handle = await client.operation('op_1');
  for await (const event of handle.events()) if (event.sequence === 2) break;
  await eventually(() => isClosed);
});
