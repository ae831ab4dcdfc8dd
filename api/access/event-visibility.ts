import { audienceOf, isKnownType } from '../../contract/events/audience';
import type { EventView } from '../../registry/views/events';
import type { Principal } from './auth';
import { operationsSeenBy, tenantsSeenBy } from './visibility';

/** Whether a caller may see an event: like what it reports on. A type that a newer version has added is not shown. */
export function maySeeEvent(principal: Principal, { event, operationCaller, tenantCaller }: EventView): boolean {
  if (!isKnownType(event.type)) return false;
  const isOwn = (owner: string | null, only: string | undefined): boolean => only === undefined || owner === only;
  switch (audienceOf(event)) {
    case 'operation':
      return isOwn(operationCaller, operationsSeenBy(principal));
    case 'tenant':
      return isOwn(tenantCaller, tenantsSeenBy(principal));
    case 'operators':
      return principal.roles.includes('operations:operate');
  }
}

/** Restricts events to those about what the returned owner has ordered; undefined if the caller may see others. */
export function eventsSeenBy(principal: Principal): string | undefined {
  const seen = [operationsSeenBy(principal), tenantsSeenBy(principal)];
  return seen.includes(undefined) ? undefined : principal.id;
}
