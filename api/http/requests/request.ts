import type { VerifiedApiKey } from '../../../registry/credentials/api-key-verification';
import type { SsoLinkSession } from '../../../registry/identity/sso-links';
import type { Principal } from '../../access/auth';

declare module 'express-serve-static-core' {
  interface Request {
    /** Appears in the answer's `X-Request-Id`, in problems and in every log line. */
    requestId: string;
    /** The authenticated caller; absent without a valid token or session. */
    principal?: Principal;
    /** What the presented API key of a tenant turned out to be; absent without one, and on routes that take none. */
    apiKey?: VerifiedApiKey;
    /** The session of a link for setting up single sign-on; absent without one, and where none can be used. */
    ssoLink?: SsoLinkSession;
    /** True if a session was not used because a page of another site may have sent this write. */
    isCrossSite?: boolean;
    /** Documented path of the route, with parameters in braces; absent until a route matches. */
    routePath?: string;
    /** Id of the trace; absent unless tracing is on. */
    traceId?: string;
  }
}
