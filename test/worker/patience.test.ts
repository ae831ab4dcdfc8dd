import { FRESH, standingOf, weigh, type Standing } from '../../worker/patience';

const PATIENCE = { maximumAttempts: 3, outageSeconds: 900 };

/** Result of an activity whose attempts fail like this, one after another: [failure, seconds after the first]. */
function after(...failures: [type: string | undefined, seconds: number][]): { standing: Standing; over: boolean } {
  return failures.reduce<{ standing: Standing; over: boolean }>(
    ({ standing }, [type, seconds]) => weigh(standing, type, PATIENCE, seconds * 1000),
    {
      standing: FRESH,
      over: false,
    },
  );
}

test.each(['OutcomeUnknown', 'InternalError', 'NobodyKnowsThis', undefined])(
  'the third error answer is the last one (%s)',
  (type) => {
    expect(after([type, 0], [type, 1]).over).toBe(false);
    expect(after([type, 0], [type, 1], [type, 3]).over).toBe(true);
  },
);

test.each(['ProviderUnavailable', 'ProviderThrottled', 'AnswerLost'])(
  '%s uses up no attempt, and ends the step after the template’s outage time',
  (type) => {
    expect(after([type, 100], [type, 500], [type, 700], [type, 999]).over).toBe(false);
    expect(after([type, 100], [type, 500], [type, 700], [type, 1000]).over).toBe(true);
    expect(after([type, 0], [type, 10], [type, 20]).standing.refusals).toBe(0);
  },
);

test('an outage between answers uses up no attempt, and every answer restarts the outage time', () => {
  const { standing, over } = after(
    ['OutcomeUnknown', 0],
    ['ProviderUnavailable', 10],
    ['AnswerLost', 800],
    ['OutcomeUnknown', 850],
    ['ProviderUnavailable', 900],
    ['ProviderUnavailable', 1700],
  );
  expect(over).toBe(false);
  expect(standing).toEqual({ refusals: 2, unansweredSince: 900_000 });
});

test('a registry outage is tolerated without limit, and does not count as the provider’s', () => {
  const outage = after(['ProviderUnavailable', 0], ['RegistryUnavailable', 10], ['RegistryUnavailable', 1_000_000]);
  expect(outage).toEqual({ standing: { refusals: 0 }, over: false });
  expect(after(['OutcomeUnknown', 0], ['OutcomeUnknown', 1], ['RegistryUnavailable', 2]).standing.refusals).toBe(2);
});

test('a standing survives the heartbeat details unchanged, and anything else starts a fresh one', () => {
  const standing = { refusals: 2, unansweredSince: 1_700_000_000_000 };
  expect(standingOf(JSON.parse(JSON.stringify(standing)))).toEqual(standing);
  for (const details of [undefined, null, 'x', 7, {}, { refusals: 'many' }]) expect(standingOf(details)).toEqual(FRESH);
});
