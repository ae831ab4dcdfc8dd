import { toFailure } from '../../../providers/port/failures';
import { startCannedServer, type CannedAnswer, type CannedServer } from '../../helpers/providers/canned-server';
import { PROVIDER_CALLS, type ProviderCall } from './provider-calls';

/** Successes without usable content: from a proxy, truncated, or from another program on that port. */
const MALFORMED: Record<ProviderCall['speaks'], Record<string, CannedAnswer>> = {
  json: {
    'no body': success('application/json', ''),
    'half of a body': success('application/json', '{"id":"x'),
    'a page of HTML': success('text/html', '<html><body>Maintenance</body></html>'),
    'an object of another shape': success('application/json', '{"hello":"world"}'),
    'a list of unknown items': success('application/json', '[null, 1, {"hello":"world"}]'),
    null: success('application/json', 'null'),
  },
  xml: {
    'no body': success('application/xml', ''),
    'half of a body': success('application/xml', '<?xml version="1.0"?><A'),
    'a page of HTML': success('text/html', '<html><body>Maintenance</body></html>'),
    'XML of another shape': success('application/xml', '<?xml version="1.0"?><Hello>world</Hello>'),
    JSON: success('application/json', '{"hello":"world"}'),
  },
};

describe('how an adapter reads the answers of its provider', () => {
  let server: CannedServer;

  beforeEach(async () => {
    server = await startCannedServer();
  });
  afterEach(() => server.close());

  /** Outcome of a call whose own request gets this answer, and how often that request was sent. */
  async function outcomeOf({ before, send, classify, name }: ProviderCall, answer: CannedAnswer) {
    let sent = 0;
    server.script = (request) => {
      const early = before(request);
      if (early !== undefined) return early;
      sent += 1;
      return answer;
    };
    const error: unknown = await send(server.url).then(
      (result) => new Error(`taken for a success: ${JSON.stringify(result)}`),
      (thrown: unknown) => thrown,
    );
    return { failure: toFailure(error, name, classify), error, sent };
  }

  const malformed = PROVIDER_CALLS.flatMap((call) => {
    const bodies = call.malformed ?? MALFORMED[call.speaks];
    return Object.entries(bodies).map(([body, answer]) => ({ name: call.name, body, call, answer }));
  });

  test.each(malformed)('$name: a success with $body leaves the outcome unknown', async ({ call, answer }) => {
    const { failure, error } = await outcomeOf(call, answer);
    expect(String(error)).not.toMatch(/taken for a success/);
    expect({ type: failure.type, message: failure.message }).toMatchObject({ type: 'OutcomeUnknown' });
    expect(failure.message).not.toMatch(/unclassified error/);
  });

  const looks = PROVIDER_CALLS.filter((call) => call.looks);

  test.each(looks)('$name: a 404 from an intermediary does not prove absence', async (call) => {
    const { error } = await outcomeOf(call, { status: 404, contentType: 'text/html', body: '<html>Not here</html>' });
    expect(String(error)).not.toMatch(/taken for a success/);
  });

  test.each(PROVIDER_CALLS)('$name: a connection that breaks loses the answer and is not repeated', async (call) => {
    expect(await outcomeOf(call, 'break')).toMatchObject({ failure: { type: 'AnswerLost' }, sent: 1 });
  });

  const waits = PROVIDER_CALLS.flatMap((call) => [429, 503].map((status) => ({ name: call.name, status, call })));

  test.each(waits)(
    '$name: the delay of a $status is kept, and the adapter repeats nothing',
    async ({ call, status }) => {
      const answer = { status, headers: { 'retry-after': '7' } };
      const { failure, sent } = await outcomeOf(call, answer);
      expect(failure).toMatchObject({ nonRetryable: false, nextRetryDelay: 7_000 });
      expect(sent).toBe(1);
    },
  );

  const failures = PROVIDER_CALLS.flatMap((call) =>
    [500, 502, 403].map((status) => ({ name: call.name, status, call })),
  );

  test.each(failures)('$name: a $status is not repeated by the adapter', async ({ call, status }) => {
    expect((await outcomeOf(call, { status })).sent).toBe(1);
  });
});

function success(contentType: string, body: string): CannedAnswer {
  return { status: 200, contentType, body };
}
