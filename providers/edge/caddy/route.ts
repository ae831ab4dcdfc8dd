import { isDeepStrictEqual } from 'node:util';
import type { Access } from '../../../contract/tenants/access';
import { CLOSED_HEADER } from '../look';

/** The `@id` of the handler in Caddy's configuration whose routes are the tenants'. */
export const TENANTS_ID = 'tenants';

const MANAGED_BY = 'tenant-provisioner';

/** What a route does. */
export interface RouteSettings {
  name: string;
  tenantId: string;
  access: Access;
  /** The host name that it serves; null for none, and then no request takes it. */
  domain: string | null;
  /** `host:port` of the application. */
  upstream: string;
}

/**
 * A tenant's route in Caddy's configuration. Variables mark it as ours: Caddy accepts no members that it does not know. The application learns
 * from a header whose request it is, and a client cannot set that header, because it is replaced.
 */
export function routeFor({ name, tenantId, access, domain, upstream }: RouteSettings): object {
  const mark = { handler: 'vars', managed_by: MANAGED_BY, tenant_id: tenantId };
  const closed = { handler: 'static_response', status_code: 503, headers: { [canonical(CLOSED_HEADER)]: ['closed'] } };
  const open = {
    handler: 'reverse_proxy',
    headers: { request: { set: { 'X-Tenant-Id': [tenantId] } } },
    upstreams: [{ dial: upstream }],
  };
  return {
    '@id': name,
    handle: [mark, access === 'closed' ? closed : open],
    // An empty list of hosts matches none.
    match: [{ host: domain === null ? [] : [domain] }],
  };
}

/** What can be said of a route that Caddy shows. */
export interface ShownRoute {
  tenantId: string;
  name: string;
  access: 'open' | 'closed';
  domain: string | null;
}

interface Written {
  '@id'?: string;
  match?: { host?: string[] }[];
  handle?: { handler?: string; managed_by?: string; tenant_id?: string }[];
}

/** Reads a route; undefined if it does not have our marks. */
export function readRoute(written: unknown): ShownRoute | undefined {
  const { '@id': name, match, handle } = (written ?? {}) as Written;
  const [mark, last] = handle ?? [];
  if (!name || mark?.managed_by !== MANAGED_BY || !mark.tenant_id) return undefined;
  const access = last?.handler === 'reverse_proxy' ? 'open' : 'closed';
  return { tenantId: mark.tenant_id, name, access, domain: match?.[0]?.host?.[0] ?? null };
}

/** Whether Caddy shows exactly this route. A change that changes nothing would load the whole configuration again. */
export function isRoute(written: unknown, route: object): boolean {
  return isDeepStrictEqual(written, route);
}

function canonical(header: string): string {
  return header.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
