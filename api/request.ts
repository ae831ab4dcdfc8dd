import type { Principal } from './auth';

declare module 'express-serve-static-core' {
  interface Request {
    /** In the answer's header, in problems and in every log line. */
    requestId: string;
    /** Who asks; absent without a valid token. */
    principal?: Principal;
    /** The route's path as the documentation has it, once it is known. */
    routePath?: string;
  }
}
