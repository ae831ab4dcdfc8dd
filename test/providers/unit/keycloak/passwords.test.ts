import { REFUSED, tryPassword, type Account } from '../../../../providers/keycloak/passwords/passwords';

const PATIENCE = { pausesMs: [0], giveUpMs: 30_000 };
const signal = AbortSignal.timeout(30_000);

/** An account that gives these answers one after the other and repeats the last; each says whether the refusal is counted. */
function account(...answers: [answer: string, counted: number][]) {
  const log: string[] = [];
  let counted = 0;
  const door: Account = {
    forgive: async () => void log.push('forgive'),
    login: async () => {
      log.push('login');
      const next = answers.length > 1 ? answers.shift()! : answers[0]!;
      counted = next[1];
      return next[0];
    },
    countedFailures: async () => counted,
  };
  return { door, log, attempts: () => log.filter((entry) => entry === 'login').length };
}

test('an accepted password is not tried again, and earlier refusals are cleared first', async () => {
  const { door, log } = account(['Account is not fully set up', 0]);
  expect(await tryPassword(door, 'x', 4, signal, PATIENCE)).toBe('Account is not fully set up');
  expect(log).toEqual(['forgive', 'login']);
});

test('refusals that Keycloak does not count as wrong passwords are inconclusive', async () => {
  const locked = account([REFUSED, 0]);
  await expect(tryPassword(locked.door, 'x', 1, signal, { ...PATIENCE, giveUpMs: 200 })).rejects.toMatchObject({
    type: 'ProviderUnavailable',
    nonRetryable: false,
  });
  expect(locked.attempts()).toBeGreaterThan(1);
  const unlocked = account([REFUSED, 0], [REFUSED, 2], ['Account is not fully set up', 0]);
  expect(await tryPassword(unlocked.door, 'x', 1, signal, PATIENCE)).toBe('Account is not fully set up');
});

test('counted refusals are conclusive once the required number comes in a row', async () => {
  const wrong = account([REFUSED, 1]);
  expect(await tryPassword(wrong.door, 'x', 4, signal, PATIENCE)).toBe(REFUSED);
  expect(wrong.attempts()).toBe(4);
  const interrupted = account([REFUSED, 1], [REFUSED, 1], [REFUSED, 1], [REFUSED, 0], [REFUSED, 1]);
  expect(await tryPassword(interrupted.door, 'x', 4, signal, PATIENCE)).toBe(REFUSED);
  expect(interrupted.attempts()).toBe(8);
});
