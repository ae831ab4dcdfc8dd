import { startFaultProxy, type Exchange, type FaultProxy } from '../../helpers/providers/fault-proxy';
import { nameOf, type EffectLog, type ProviderName } from './effect-log';
import { createTenantIndex } from './tenant-index';

/** A provider whose traffic is logged. */
export interface WatchedProvider {
  provider: ProviderName;
  region?: string;
  target: string;
}

/** Starts a fault proxy in front of a provider; it logs every change that the product requests. */
export function startProviderProxy(watched: WatchedProvider, log: EffectLog): Promise<FaultProxy> {
  const index = createTenantIndex();
  const { provider, region, target } = watched;
  return startFaultProxy(target, {
    tenantOf: index.tenantOf,
    observe: (exchange) => {
      index.learn(exchange);
      // Reads change nothing and are logged only if a fault hit them, as proof of the fault.
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

// Versity's admin API also lists users with PATCH, and signing in at Keycloak is a POST.
function isRead({ method, path }: Exchange): boolean {
  return method === 'GET' || method === 'HEAD' || path.startsWith('/list-users') || path.includes('/openid-connect/');
}
