import type { components } from '../../../clients/typescript/generated/api';

type Delivery = Pick<components['schemas']['WebhookDelivery'], 'deliveryId' | 'state' | 'attempts' | 'nextAttemptAt'>;

/** Shortest and longest time between two reads, in milliseconds. */
const SOON_MS = 2_000;
const LONG_MS = 60_000;
/** Part of the time without a change after which messages are read again, so that one which waits for hours is read rarely. */
const PATIENCE = 10;
/** The dispatcher makes a message of an event within ten seconds. */
const EXPECTED_MS = 15_000;

/**
 * When to read messages again. The event stream does not tell: an event about each message would make further messages, without end. So
 * messages are read again only while one is under way, and the more rarely the longer nothing changes.
 */
export interface Pace {
  /** Milliseconds until the next read; false if nothing is under way. */
  after(messages: readonly Delivery[], now: number): number | false;
  /** Something has happened that may make messages. */
  expect(now: number): void;
}

/** Makes the {@link Pace} of one list, or of one message. */
export function createPace(): Pace {
  let seen = '';
  let changedAt = 0;
  let expectedUntil = 0;
  return {
    after: (messages, now) => {
      const state = JSON.stringify(
        messages.map(({ deliveryId, state, attempts, nextAttemptAt }) => [deliveryId, state, attempts, nextAttemptAt]),
      );
      if (state !== seen) changedAt = now;
      seen = state;
      const quiet = (now - changedAt) / PATIENCE;
      const waits = messages.filter(isUnderWay).map(({ nextAttemptAt }) => {
        const due = nextAttemptAt === undefined ? 0 : Date.parse(nextAttemptAt) - now;
        // A request that is being made now may last as long as the endpoint takes to answer.
        return due > 0 ? due + SOON_MS : quiet;
      });
      if (now < expectedUntil) waits.push(SOON_MS);
      return waits.length === 0 ? false : Math.min(LONG_MS, Math.max(SOON_MS, Math.min(...waits)));
    },
    expect: (now) => void (expectedUntil = now + EXPECTED_MS),
  };
}

function isUnderWay({ state }: Delivery): boolean {
  return state === 'waiting' || state === 'trying';
}
