import { setTimeout as sleep } from 'node:timers/promises';
import {
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ConnectionOptions,
} from '@temporalio/client';

/** Longest wait between two attempts of a call, in milliseconds. Short, because the client checks a call's deadline only between waits. */
const MAX_WAIT_MS = 500;

/** A connection to Temporal that opens at the first call. */
export interface TemporalConnection {
  connection: Connection;
  /** Closes the connection once no retry is pending, because a retry on a closed connection would end the process. */
  close(): Promise<void>;
}

/** Connects lazily. A call that gets no answer ends soon after its deadline. */
export function temporalConnection(options: ConnectionOptions): TemporalConnection {
  const { delayFunction, retryableDecider } = defaultGrpcRetryOptions();
  let closing = false;
  let waitsUntil = 0;
  const retries = makeGrpcRetryInterceptor({
    retryableDecider: (attempt, status) => !closing && retryableDecider(attempt, status),
    delayFunction: (attempt, status) => {
      const delay = Math.min(delayFunction(attempt, status), MAX_WAIT_MS);
      waitsUntil = Math.max(waitsUntil, Date.now() + delay);
      return delay;
    },
  });
  const connection = Connection.lazy({ ...options, interceptors: [retries] });
  return {
    connection,
    close: async () => {
      closing = true;
      // Wait a little longer than the last retry's delay, so that the retry has been made.
      if (waitsUntil > Date.now()) await sleep(waitsUntil - Date.now() + 50);
      await connection.close();
    },
  };
}
