import { startFaultProxy, type Exchange, type FaultProxy } from '../../helpers/fault-proxy';
import { nameOf, type EffectLog, type ProviderName } from './effect-log';
import { createTenantIndex } from './tenant-index';

/** A provider whose line is watched. */
export interface WatchedProvider {
  provider: ProviderName;
  region?: string;
  target: string;
}

/** A fault proxy before a provider that writes every change the product asks for to the effect log. */
export function startProviderProxy(watched: WatchedProvider, log: EffectLog): Promise<FaultProxy> {
  const index = createTenantIndex();
  const { provider, region, target } = watched;
  return startFaultProxy(target, {
    tenantOf: index.tenantOf,
    observe: (exchange) => {
      index.learn(exchange);
      // Reading changes nothing, unless a fault has met it: then it shows that the fault was real.
      if (isRead(exchange) && exchange.fault === undefined) return;
      const tenantId = index.tenantOf(exchange);
      const key = exchange.headers['idempotency-key'];
      log.append({
        at: (exchange.askedAt ?? exchange.receivedAt).getTime(),
        provider,
        ...(region === undefined ? {} : { region }),
        method: exchange.method,
        path: exchange.path,
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(exchange.answer === undefined ? {} : { status: exchange.answer.status }),
        ...(exchange.answer?.headers['idempotent-replayed'] === 'true' ? { replayed: true } : {}),
        ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
        ...(exchange.fault === undefined ? {} : { fault: nameOf(exchange.fault) }),
      });
    },
  });
}

// Versity's admin API lists users with PATCH too, and signing in at Keycloak is a POST.
function isRead({ method, path }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD' || path.startsWith('/list-users') || path.includes('/openid-connect/');
}
