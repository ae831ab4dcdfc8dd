/**
 * Settings for every AWS SDK client: one attempt only (Temporal retries, after a `find`), at most 3 s to connect and 10 s for an answer,
 * connections kept alive. Without `throwOnRequestTimeout` the SDK only logs a timeout.
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
