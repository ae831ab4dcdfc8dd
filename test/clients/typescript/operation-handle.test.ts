import {
  createClient,
  ProvisioningFailed,
  StillRunning,
  type Client,
  type Event,
  type Operation,
} from '../../../clients/typescript/src/index';
import {
  beginStream,
  frameOf,
  operation,
  positionOf,
  sendJson,
  sendProblem,
  startFakeApi,
  statusEvent,
  stepEvent,
  type FakeApi,
} from './fake-api';

let fake: FakeApi;
let client: Client;
beforeEach(async () => {
  fake = await startFakeApi();
  client = createClient({ baseUrl: fake.url, token: 'tp_token' });
});
afterEach(() => fake.stop());

/** Serves the operation as it is after so many streams, and events that end with `events`. */
function serve(state: (streams: number) => Operation, events: Event[]): void {
  let streams = 0;
  fake.serve = (asked, response) => {
    if (!asked.path.endsWith('/events')) return sendJson(response, 200, state(streams));
    streams++;
    const due = events.filter(({ sequence }) => sequence > positionOf(asked));
    if (due.length === 0) return response.writeHead(204).end();
    beginStream(response);
    response.write(due.map(frameOf).join(''));
  };
}

test('waiting ends with the result once the operation has ended, and every event was told', async () => {
  serve(
    (streams) => operation(streams === 0 ? 'provisioning' : 'active'),
    [statusEvent(1, 'pending'), stepEvent(2), statusEvent(3, 'active')],
  );
  const told: number[] = [];
  const handle = await client.operation('op_1');
  const ending = handle.untilDone({ onEvent: ({ sequence }) => told.push(sequence) });
  // The stream stays open here, as it may until the API has told everything.
  fake.serve = ((serveBefore) => (asked, response) => {
    if (positionOf(asked) === 3) response.writeHead(204).end();
    else serveBefore(asked, response);
    setTimeout(() => response.end(), 50);
  })(fake.serve);
  await expect(ending).resolves.toMatchObject({ tenantId: 'tenant1', status: 'success' });
  expect(told).toEqual([1, 2, 3]);
});

test('an operation that has ended long ago needs no stream', async () => {
  serve(() => operation('active'), []);
  await (await client.operation('op_1')).untilDone();
  expect(fake.asked.map(({ path }) => path)).not.toContain('/v1/operations/op_1/events');
});

test('a failed operation rejects with its failure and where to read more', async () => {
  const failure = { type: 'PaymentMethodDeclined', message: 'The card was declined.', step: 'integrations' } as const;
  serve(() => operation('failed', { failure }), []);
  const error = await (await client.operation('op_1')).untilDone().catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ProvisioningFailed);
  expect(error).toMatchObject({
    failure,
    leftovers: [],
    links: { operation: `${fake.url}/v1/operations/op_1`, tenant: `${fake.url}/v1/tenants/tenant1` },
    message: expect.stringContaining('op_1 (provision) is failed in step integrations: PaymentMethodDeclined'),
  });
});

test('an operation with leftovers rejects with them while an operator is needed', async () => {
  const leftovers = [{ kind: 'bucket', provider: 's3', region: 'eu-central', id: 't-1', lastError: 'no answer' }];
  serve(
    (streams) => (streams === 0 ? operation('provisioning') : operation('needs_operator', { leftovers })),
    [statusEvent(1, 'needs_operator')],
  );
  await expect((await client.operation('op_1')).untilDone()).rejects.toMatchObject({
    name: 'ProvisioningFailed',
    leftovers,
  });
});

test('leftovers that an operator has resolved since do not end the waiting', async () => {
  serve(
    (streams) => operation(streams === 0 ? 'compensating' : 'cancelled'),
    [statusEvent(1, 'needs_operator'), statusEvent(2, 'compensating'), statusEvent(3, 'cancelled')],
  );
  const told: number[] = [];
  const waiting = (await client.operation('op_1')).untilDone({
    onEvent: ({ sequence }) => told.push(sequence),
    timeoutMs: 5_000,
  });
  await expect(waiting).rejects.toMatchObject({ name: 'StillRunning' });
  expect(told).toEqual([1, 2, 3]);
});

test('the time limit ends the waiting and not the operation', async () => {
  serve(() => operation('provisioning'), [stepEvent(1)]);
  const waiting = (await client.operation('op_1')).untilDone({ timeoutMs: 200 });
  await expect(waiting).rejects.toThrow(StillRunning);
  await expect(waiting).rejects.toThrow('The operation op_1 has not ended within 0.2 s. It goes on.');
});

test('an aborted signal ends the waiting with its reason', async () => {
  serve(() => operation('provisioning'), [stepEvent(1)]);
  const stop = new AbortController();
  const reason = new Error('stopped');
  const handle = await client.operation('op_1');
  const waiting = handle.untilDone({ signal: stop.signal, timeoutMs: 60_000, onEvent: () => stop.abort(reason) });
  await expect(waiting).rejects.toBe(reason);
});

test('the estimate is what the API says of the running operation', async () => {
  const estimate = {
    samples: 3,
    regions: 'all',
    criticalPath: [],
    summary: 'Too few.',
  } satisfies Operation['estimate'];
  serve(() => operation('provisioning', { estimate }), []);
  expect(await (await client.operation('op_1')).estimate()).toEqual(estimate);
});

test('an unknown operation is refused at once', async () => {
  fake.serve = (_asked, response) => sendProblem(response, 404, 'not-found');
  await expect(client.operation('op_1')).rejects.toMatchObject({ status: 404, code: 'not-found' });
});
