import { setTimeout as sleep } from 'node:timers/promises';
import {
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';

/** Longest wait between two attempts of one call, in milliseconds. The client looks at a call's deadline only between two waits. */
const LONGEST_WAIT_MS = 500;

/** A connection to Temporal that is made with the first call. */
export interface TemporalConnection {
  connection: Connection;
  /** Closes it, once nobody waits for another attempt any more: one on a closed connection would end the process. */
  close(): Promise<void>;
}

/** Connects lazily; a call that nobody answers ends soon after its deadline. */
export function temporalConnection(options: ConnectionOptions): TemporalConnection {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions();
  let closing = false;
  let waitsUntil = 0;
  const retries = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !closing && retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delay = Math.min(delayFunction(attempt, status), LONGEST_WAIT_MS);
      waitsUntil = Math.max(waitsUntil, Date.now() + delay);
      return delay;
    },
  });
  const connection = Connection.lazy({ ...options, interceptors: [retries] });
  return {
    connection,
    close: async () => {
      closing = true;
      // A little longer, so that what is due then has been done.
      if (waitsUntil > Date.now()) await sleep(waitsUntil - Date.now() + 50);
      await connection.close();
    },
  };
}
