import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../failures';

/** What Keycloak says to a wrong password – and to any password while the account is locked or busy with another login. */
export const REFUSED = 'Invalid user credentials';

/** One account, as its passwords are tried. */
export interface Account {
  /** Keycloak's answer to this password. */
  login(password: string): Promise<string>;
  /** Failed logins that Keycloak has counted since {@link forgive}. */
  countedFailures(): Promise<number>;
  /** Sets the count to 0 and lifts a lock. */
  forgive(): Promise<void>;
}

/** How long a password is tried. */
export interface PasswordPatience {
  /** Milliseconds before each further attempt; each a little longer, so that checks in each other's way part. */
  pausesMs: readonly number[];
  /** Milliseconds after which it is given up as undecided. */
  giveUpMs: number;
}

const PATIENCE: PasswordPatience = { pausesMs: [1_000, 2_000, 4_000], giveUpMs: 30_000 };

/**
 * Tries a password until Keycloak's answer can mean nothing else. A refusal counts only where Keycloak counted it as a wrong password: a
 * locked account and a login beside another one are refused in the same words and are not counted
 * (https://github.com/keycloak/keycloak/issues/48272). `refusals` is how many counted refusals in a row are believed. Throws
 * `ProviderUnavailable` where it stays undecided.
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
        'Keycloak refused a login and did not count it as a wrong password: the account is locked or busy. It is tried again.',
      );
    await sleep(pause, undefined, { signal });
  }
}
