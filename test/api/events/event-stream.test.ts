import { eventStream } from '../../../api/events/event-stream';
import type { EventFeed } from '../../../api/events/feed';
import { EventPositionLost } from '../../../registry/events/read';
import type { EventView, EventViewBatch } from '../../../registry/views/events';

const status = (sequence: number, to: 'provisioning' | 'active'): EventView => ({
  event: {
    ...{ sequence, at: new Date(0), tenantId: 't', operationId: 'o' },
    ...{ type: 'operation.status' as const, data: { status: to } },
  },
  operationCaller: null,
  tenantCaller: null,
  plan: null,
});
const NOTHING = { views: [], position: 1, isComplete: true };

/** What is sent of these portions. Each may take some seconds. */
async function sent(
  first: EventViewBatch,
  portions: (EventViewBatch & { seconds?: number })[],
  options: { hasEnded?: boolean; then?: Error } = {},
): Promise<string[]> {
  const { then, ...rest } = options;
  let now = 1_000_000;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  const feed: Pick<EventFeed, 'follow'> = {
    async *follow() {
      for (const { seconds = 0, ...portion } of portions) {
        now += seconds * 1_000;
        yield await Promise.resolve(portion);
      }
      if (then) throw then;
    },
  };
  const chunks: string[] = [];
  const filter = { accepts: () => true };
  const { signal } = new AbortController();
  for await (const chunk of eventStream(feed, { first, filter, signal, ...rest })) chunks.push(chunk);
  clock.mockRestore();
  return chunks;
}

test('a stream begins with a delay for coming back, and every event has its number as id', async () => {
  const [retry, event, ...rest] = await sent({ views: [status(7, 'provisioning')], position: 7, isComplete: true }, []);
  expect(retry).toMatch(/^retry: \d{3,4}\n\n$/);
  expect(event).toBe(
    'id: 7\ndata: {"sequence":7,"at":"1970-01-01T00:00:00.000Z","type":"operation.status","tenantId":"t","operationId":"o","data":{"status":"provisioning"}}\n\n',
  );
  expect(rest).toEqual([]);
});

test('many events are sent in several chunks, of whole events', async () => {
  const views = Array.from({ length: 500 }, (_, n) => status(n, 'provisioning'));
  const [, ...chunks] = await sent({ views, position: 500, isComplete: true }, []);
  expect(chunks.length).toBeGreaterThan(5);
  for (const chunk of chunks) expect(chunk).toMatch(/^id: [^]*\n\n$/);
  expect(chunks.join('').match(/^id: /gm)).toHaveLength(500);
});

test('an idle stream sends heartbeats, which carry the position on if the filter has left something out', async () => {
  const [, ...chunks] = await sent(NOTHING, [
    { ...NOTHING, seconds: 5 },
    { ...NOTHING, seconds: 15 },
    { ...NOTHING, position: 9, seconds: 15 },
    { ...NOTHING, position: 9, seconds: 15 },
  ]);
  expect(chunks).toEqual([': heartbeat\nid: 1\n\n', ': heartbeat\nid: 9\n\n', ': heartbeat\n\n']);
});

test('an idle stream sends its heartbeats although the machine’s clock is set back', async () => {
  const wallClock = jest.spyOn(Date, 'now').mockReturnValueOnce(1e12).mockReturnValue(0);
  const [, ...chunks] = await sent(NOTHING, [
    { ...NOTHING, seconds: 16 },
    { ...NOTHING, seconds: 16 },
  ]);
  wallClock.mockRestore();
  expect(chunks).toHaveLength(2);
});

test('the stream of an operation ends once everything is sent that was committed with its end', async () => {
  const end = { views: [status(2, 'active')], position: 2, isComplete: false };
  const rest = { views: [status(3, 'active')], position: 3, isComplete: true };
  const late = { views: [status(4, 'active')], position: 4, isComplete: true };
  const chunks = await sent(NOTHING, [end, rest, late], { hasEnded: false });
  expect(chunks.join('').match(/^id: \d+/gm)).toEqual(['id: 2', 'id: 3']);
  expect((await sent(NOTHING, [end, rest, late])).join('').match(/^id: \d+/gm)).toHaveLength(3);
});

test('a stream ends after some minutes, so that its token is checked again', async () => {
  const chunks = await sent(
    NOTHING,
    Array.from({ length: 200 }, () => ({ ...NOTHING, seconds: 16 })),
  );
  expect(chunks.length).toBeGreaterThan(45);
  expect(chunks.length).toBeLessThan(70);
});

test('a stream whose position is lost ends, and its client learns why when it comes back', async () => {
  const lost = new EventPositionLost(1, { forgotten: 5, newest: 9 });
  await expect(sent(NOTHING, [], { then: lost })).resolves.toHaveLength(1);
  await expect(sent(NOTHING, [], { then: new Error('a defect') })).rejects.toThrow('a defect');
});
