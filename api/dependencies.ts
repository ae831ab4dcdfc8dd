import type { Logger } from 'pino';
import type pg from 'pg';
import type { KeyRing } from '../contract/keys/key-ring';
import type { KeyKeeper } from '../contract/keys/key-wrapping';
import type { Network } from '../contract/webhooks/addresses';
import type { Directory } from '../providers/port/directory';
import type { DomainProofs } from '../providers/port/domain-proofs';
import type { SsoProbe } from '../providers/port/sso-probe';
import type { Templates } from '../templates/load';
import type { Tracing } from '../tracing/tracing';
import type { ApiKeyUse } from './access/api-key-use';
import type { Authenticate } from './access/auth';
import type { Role } from './access/roles';
import type { Estimates } from './estimates/estimates';
import type { EventFeed } from './events/feed';
import type { StaffSettings } from './staff/settings';
import type { Runs } from './temporal/runs';

/** Everything the API depends on. The API itself reads nothing from the environment. */
export interface ApiDependencies {
  /** The registry. */
  pool: pg.Pool;
  /** Wraps the tenants' data keys. */
  keys: KeyKeeper;
  /** Encrypts and decrypts payloads for the Temporal Web UI and CLI. */
  codecRing: KeyRing;
  runs: Runs;
  /** The event log, for the streams of this process. */
  events: EventFeed;
  /** How long operations take. */
  estimates: Estimates;
  templates: Templates;
  /** The tenants’ directories; absent if this process has no identity provider. */
  directory?: Directory | undefined;
  /** Looks for the records that prove domains; absent where nothing is to be asked, and then no domain is found proved. */
  domainProofs?: DomainProofs | undefined;
  /** Looks at customers’ identity providers; absent if this process has no identity provider to which they could be connected. */
  ssoProbe?: SsoProbe | undefined;
  /** What a customer enters at their identity provider as redirect URI; absent like `ssoProbe`. */
  ssoRedirectUri?: ((tenantId: string) => string) | undefined;
  /** Where the edge answers; absent where there is none, and then no domain is connected to it. */
  edgeAddress?: string | undefined;
  /** What they enter as our entity id, for SAML; absent like `ssoProbe`. */
  ssoEntityId?: string | undefined;
  /** Seconds an approver has before an order counts as rejected. */
  approvalDeadlineSeconds: number;
  /** The checks of `/readyz`, by name; a check rejects while its dependency is not ready. */
  readiness: Record<string, (signal: AbortSignal) => Promise<void>>;
  /** Records when API keys were last used. */
  apiKeyUse: ApiKeyUse;
  logger: Logger;
  /** Absent unless tracing is on. */
  tracing?: Pick<Tracing, 'requests'> | undefined;
  /** URL at which callers reach this API, without a trailing slash. */
  publicUrl: string;
  /** Tenants are served under this domain, so no order may claim it. If unset here, only the worker refuses such an order. */
  appDomain?: string | undefined;
  /** Networks in which receivers of webhooks may be although their addresses are not public. None by default. */
  internalNetworks?: readonly Network[];
  /** Folder with the built console. */
  consoleDir: string;
  /** Checks a signed request of the billing provider and returns the event in it; absent if its endpoint is not set up. Throws for a signature that is not valid. */
  billingEvent?: ((body: Buffer, signature: string) => object) | undefined;
  /** Whether callers are told Stripe's test cards: true only where no order can move real money. False by default. */
  offersTestCards?: boolean | undefined;
  operatorUrls: {
    temporalUi?: string | undefined;
    /** Namespace of the product's workflows; `default` if absent. */
    temporalNamespace?: string | undefined;
  };
  rateLimit: RateLimits;
  /** Roles of each group of the staff, by its name at their identity provider; empty without one. */
  staffRoles?: Readonly<Record<string, readonly Role[]>> | undefined;
  /** Number of proxies in front of this process that are trusted to report the caller's address. */
  trustedProxies?: number;
  /** How people sign in to the console; absent if they cannot. */
  staff?: StaffSettings | undefined;
  /** The time by which people's sessions and tokens expire; by default this machine's. */
  now?: () => Date;
  /** An additional way to authenticate, tried before API tokens. */
  authenticate?: Authenticate;
}

/** Limits in requests per minute. */
export interface RateLimits {
  /** Per caller, or per address for requests without a valid token. */
  perMinute: number;
  /** Attempts to claim credentials, per address and per tenant. */
  claimsPerMinute?: number;
  /** API key verifications per caller, and evaluations of flags per tenant. */
  verificationsPerMinute?: number;
  /** Event streams and requests that wait for events, which a caller may have open at once. */
  streamsPerCaller?: number;
}
