/**
 * How every client of the AWS SDK is set up: one attempt (Temporal repeats, with what `find` knows), at most 3 s to connect and 10 s for an
 * answer, connections kept open. `throwOnRequestTimeout`: without it the SDK only logs that the time is over.
 */
export const CLIENT_LIMITS = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: 50 },
    httpsAgent: { keepAlive: true, maxSockets: 50 },
  },
} as const;
