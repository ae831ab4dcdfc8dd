import type { Client } from '@temporalio/client';

/** How long the API waits for Temporal's answer, in milliseconds. */
export const START_MS = 2_000;
export const SIGNAL_MS = 3_000;
export const UPDATE_MS = 5_000;
export const LINK_MS = 10_000;

/** Gives calls of this client a deadline: without one, it would repeat an update for ever while no worker polls. */
export function deadlines(
  client: Pick<Client, 'withDeadline'>,
): <T>(milliseconds: number, call: () => Promise<T>) => Promise<T> {
  return (milliseconds, call) => client.withDeadline(Date.now() + milliseconds, call);
}
