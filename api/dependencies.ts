import type { Logger } from 'pino';
import type pg from 'pg';
import type { KeyRing } from '../contract/key-ring';
import type { KeyKeeper } from '../contract/key-wrapping';
import type { Templates } from '../templates/load';
import type { ApiKeyUse } from './api-key-use';
import type { Authenticate } from './auth';
import type { Runs } from './runs';

/** Everything the API works with; nothing is taken from the environment. */
export interface ApiDependencies {
  /** The registry. */
  pool: pg.Pool;
  /** Wraps the tenants' data keys. */
  keys: KeyKeeper;
  /** Opens payloads for the Temporal Web UI. */
  codecRing: KeyRing;
  runs: Runs;
  templates: Templates;
  /** What `/readyz` asks, by name; each rejects when it is not ready. */
  readiness: Record<string, (signal: AbortSignal) => Promise<void>>;
  /** Where the use of API keys is noted. */
  apiKeyUse: ApiKeyUse;
  logger: Logger;
  /** Where callers reach this API, without a trailing slash. */
  publicUrl: string;
  /** Tenants are reached below this domain, so no order may claim it. Unknown: the worker refuses such an order. */
  appDomain?: string | undefined;
  operatorUrls: { temporalUi?: string | undefined };
  rateLimit: RateLimits;
  /** Proxies in front of this process; their word on the caller's address is taken. */
  trustedProxies?: number;
  /** Ways to tell who asks, before API tokens: where OIDC comes in. */
  authenticate?: Authenticate;
}

/** Requests a minute. */
export interface RateLimits {
  /** Of one caller, or one address without a valid token. */
  perMinute: number;
  /** Attempts to claim credentials, of one address and for one tenant. */
  claimsPerMinute?: number;
  /** API keys that one caller may have verified. */
  verificationsPerMinute?: number;
}
