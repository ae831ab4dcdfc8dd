import type { EdgeRouteSpec } from '../../contract/edge/route';
import type { Classify } from '../port/failures';
import type { ResourceKind } from '../port/kind';
import { createAdmin } from './caddy/admin';
import { classifyCaddy } from './caddy/classify';
import { routeKind } from './caddy/route-kind';
import { certificateStorage } from './caddy/storage';
import { lookAtEdge, type EdgeAnswer } from './look';

/** The edge: the proxy that serves tenants' own domains to their users, with a certificate for each. */
export interface Edge {
  /** A tenant's route; absent where there is no edge. */
  readonly route: ResourceKind<EdgeRouteSpec> | undefined;
  readonly kinds: readonly ResourceKind<EdgeRouteSpec>[];
  readonly classify: Classify;
  /** Asks for a host's start page at the edge over TLS, as its users do. Without a trusted certificate for it that is `refused`. */
  look(domain: string, signal: AbortSignal): Promise<EdgeAnswer>;
}

/** Where the edge is, and what it passes requests on to. */
export interface EdgeSettings {
  /** `host:port` at which it answers TLS. */
  address: string;
  adminUrl: string;
  /** `host:port` of the application that tenants use. */
  upstream: string;
  /** The folder of its file storage, which this program must be able to write to. */
  storageDir: string;
  /** PEM of the authorities that its certificates come from; those of Node if absent. */
  trusted?: string | undefined;
}

/** Creates the adapter for Caddy. It contacts nothing before its first use; without settings there is no edge. */
export function createEdge(settings: EdgeSettings | undefined): Edge {
  const look: Edge['look'] = (domain, signal) => {
    if (!settings) return Promise.resolve({ refused: 'NO_EDGE' });
    return lookAtEdge({ address: settings.address, domain, trusted: settings.trusted }, signal);
  };
  const route =
    settings &&
    routeKind({
      admin: createAdmin(settings.adminUrl),
      certificates: certificateStorage(settings.storageDir),
      upstream: settings.upstream,
      // How far a tenant is open does not depend on who has signed its certificate.
      look: (domain, signal) => lookAtEdge({ address: settings.address, domain, trusted: 'anyone' }, signal),
    });
  return { route, kinds: route ? [route] : [], classify: classifyCaddy, look };
}
