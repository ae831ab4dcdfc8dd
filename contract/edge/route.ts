/** The kind of resource that a tenant's way through the edge is in the ledger. */
export const EDGE_ROUTE_KIND = 'edge-route';

/** What an operation of the kind `connect-domain` is to come to. */
export type DomainConnection = 'connected' | 'disconnected';

/** Path at which the edge asks whether it may obtain a certificate for a host name. */
export const EDGE_ASK_PATH = '/edge/ask';

/** What a route is to be complete for; absent where only its existence matters. */
export interface EdgeRouteSpec {
  /** The host name that it serves. */
  domain?: string | undefined;
}
