import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../port/failures';

/** Keycloak's answer to a wrong password – and to any password while the account is locked or busy with another login. */
export const REFUSED = 'Invalid user credentials';

/** An account whose passwords are tried. */
export interface Account {
  /** Tries a password and returns Keycloak's answer. */
  login(password: string): Promise<string>;
  /** Number of failed logins that Keycloak has counted since {@link forgive}. */
  countedFailures(): Promise<number>;
  /** Resets the count to 0 and unlocks the account. */
  forgive(): Promise<void>;
}

/** How patiently a password is tried. */
export interface PasswordPatience {
  /** Milliseconds before each further attempt. They grow, so that concurrent checks of one account drift apart. */
  pausesMs: readonly number[];
  /** Milliseconds after which the attempt is given up as undecided. */
  giveUpMs: number;
}

const PATIENCE: PasswordPatience = { pausesMs: [1_000, 2_000, 4_000], giveUpMs: 30_000 };

/**
 * Tries a password until Keycloak's answer is unambiguous, and returns that answer. A refusal is believed only if Keycloak counted it as a
 * wrong password: it refuses a locked account, or a login concurrent with another, in the same words but without counting it
 * (https://github.com/keycloak/keycloak/issues/48272). `refusals` is the number of counted refusals in a row that decide. Throws
 * `ProviderUnavailable` if the answer stays ambiguous.
 */
export async function tryPassword(
  account: Account,
  password: string,
  refusals: number,
  signal: AbortSignal,
  { pausesMs, giveUpMs }: PasswordPatience = PATIENCE,
): Promise<string> {
  const deadline = Date.now() + giveUpMs;
  for (let attempt = 0, counted = 0; ; attempt++) {
    await account.forgive();
    const answer = await account.login(password);
    if (answer !== REFUSED) return answer;
    counted = (await account.countedFailures()) === 1 ? counted + 1 : 0;
    if (counted === refusals) return answer;
    const pause = pausesMs[Math.min(attempt, pausesMs.length - 1)]! * (0.75 + Math.random() / 2);
    if (Date.now() + pause > deadline)
      throw failure(
        'ProviderUnavailable',
        'Keycloak refused a login without counting it as a wrong password, so the account is locked or busy. The check will be repeated.',
      );
    await sleep(pause, undefined, { signal });
  }
}
