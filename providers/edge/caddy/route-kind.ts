import { dashName } from '../../../contract/ids';
import { EDGE_ROUTE_KIND, type EdgeRouteSpec } from '../../../contract/edge/route';
import type { Settings } from '../../../contract/tenants/access';
import { failure } from '../../port/failures';
import type { ResourceContext, ResourceKind } from '../../port/kind';
import type { EdgeAnswer } from '../look';
import { CaddyRefused, type Admin, type Part } from './admin';
import { isRoute, readRoute, routeFor, TENANTS_ID, type ShownRoute } from './route';
import type { CertificateStorage } from './storage';

/** What the kind works with. */
export interface RouteKindDependencies {
  admin: Admin;
  certificates: CertificateStorage;
  upstream: string;
  look(domain: string, signal: AbortSignal): Promise<EdgeAnswer>;
}

const ROUTES = `${TENANTS_ID}/routes`;

/** Tries of a change whose route is another one by then. */
const CHANGE_TRIES = 5;

/**
 * A tenant's route at the edge. It is made without a host name, so that no request takes it; the settings `domain` name the host that it serves.
 * Certificates are obtained when the first user comes, and go with the host name.
 */
export function routeKind(dependencies: RouteKindDependencies): ResourceKind<EdgeRouteSpec> {
  const { admin, certificates, upstream, look } = dependencies;

  /** The tenant's route, and whether it is ours. */
  async function standing({ name, tenantId, signal }: Pick<ResourceContext, 'name' | 'tenantId' | 'signal'>) {
    const part = await admin.read(name, signal);
    const shown = part && readRoute(part.value);
    return { part, shown: shown?.tenantId === tenantId ? shown : undefined };
  }

  async function append(context: Pick<ResourceContext, 'name' | 'tenantId' | 'signal'>, settings: Settings) {
    const route = routeFor({ ...context, ...settingsOf(settings), upstream });
    try {
      await admin.append(ROUTES, route, context.signal);
    } catch (error) {
      // The id is taken: an earlier request of ours has arrived late, or it is someone else's.
      if (!(error instanceof CaddyRefused) || error.status !== 400) throw error;
      if (!(await standing(context)).shown) throw notOurs(context.name);
    }
  }

  /** Changes the tenant's route by its version, and again if that is another one by now: routes are counted, so others' changes move it. */
  async function change(
    context: Pick<ResourceContext, 'name' | 'tenantId' | 'signal'>,
    work: (part: Part) => Promise<void>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { part, shown } = await standing(context);
      if (!part || !shown) return;
      try {
        return await work(part);
      } catch (error) {
        const again = error instanceof CaddyRefused && [404, 412].includes(error.status);
        if (!again || attempt === CHANGE_TRIES) throw error;
      }
    }
  }

  return {
    kind: EDGE_ROUTE_KIND,
    provider: 'caddy',
    global: true,
    name: dashName,
    readOnlyMeans: 'open',
    specOf: ({ domain }): EdgeRouteSpec => ({ domain: domain ?? undefined }),

    async find(context) {
      const { part, shown } = await standing(context);
      if (!part) return { state: 'absent' };
      if (!shown) return { state: 'foreign' };
      const { domain } = context.spec ?? {};
      const complete = domain === undefined || shown.domain === domain;
      return { state: complete ? 'present' : 'partial', id: shown.name };
    },

    async create(context) {
      const { part, shown } = await standing(context);
      if (part && !shown) throw notOurs(context.name);
      if (!part) await append(context, { access: 'open' });
      return { id: context.name };
    },

    async update(context, settings) {
      const { part, shown } = await standing(context);
      if (part && !shown) return;
      const { domain } = settingsOf(settings);
      const left = shown?.domain !== domain ? shown?.domain : undefined;
      if (left) await certificates.forget(left);
      const route = routeFor({ ...context, ...settingsOf(settings), upstream });
      if (part)
        await change(context, async ({ value, etag }) => {
          if (!isRoute(value, route)) await admin.replace(context.name, route, etag, context.signal);
        });
      // None is there if Caddy has lost it. Settings that say nothing of a host name restore nothing.
      else if (settings.domain !== undefined) await append(context, settings);
      // Once more: a certificate may have been on its way.
      if (left) await certificates.forget(left);
    },

    async access({ name, tenantId, signal }) {
      const { shown } = await standing({ name, tenantId, signal });
      return shown ? accessOf(shown, shown.domain === null ? undefined : await look(shown.domain, signal)) : 'closed';
    },

    async remove(context) {
      const { shown } = await standing(context);
      if (!shown) return;
      if (shown.domain !== null) await certificates.forget(shown.domain);
      await change(context, ({ etag }) => admin.remove(context.name, etag, context.signal));
      if (shown.domain !== null) await certificates.forget(shown.domain);
    },

    async *list(_region, signal) {
      const routes = (await admin.read(ROUTES, signal))?.value;
      for (const written of Array.isArray(routes) ? routes : []) {
        const shown = readRoute(written);
        if (shown) yield { tenantId: shown.tenantId, name: shown.name, id: shown.name };
      }
    },
  };
}

function settingsOf({ access, domain = null }: Settings): { access: Settings['access']; domain: string | null } {
  return { access, domain };
}

/** As it was seen from outside. A handshake fails if the customer's domain leads elsewhere by now: then the route says what it would do. */
function accessOf(shown: ShownRoute, seen: EdgeAnswer | undefined): 'open' | 'closed' {
  if (seen === undefined || 'refused' in seen) return shown.access;
  return seen.closed || seen.status === 421 ? 'closed' : 'open';
}

function notOurs(name: string): Error {
  return failure(
    'ResourceNotOurs',
    `Caddy has a route ${name} that this program did not make. It was left alone; find out whose it is.`,
  );
}
