import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { tracedCall } from '../port/traced-call';

/** Traces each call of the client's resources under its name there: `users.find`. */
export function withTracedCalls(client: KeycloakAdminClient): KeycloakAdminClient {
  return new Proxy(client, {
    get: (target, resource) => {
      // The target is the receiver, because the client has private fields.
      const value: unknown = Reflect.get(target, resource, target);
      if (typeof value === 'function') return (...args: unknown[]): unknown => Reflect.apply(value, target, args);
      return isObject(value) ? resourceOf(value, String(resource)) : value;
    },
  });
}

function resourceOf(resource: object, name: string): object {
  return new Proxy(resource, {
    get: (target, method) => {
      const value: unknown = Reflect.get(target, method, target);
      if (typeof value !== 'function') return value;
      const call = { provider: 'keycloak', operation: `${name}.${String(method)}` };
      // Every method of a resource is one request.
      return (...args: unknown[]) => tracedCall(call, () => Reflect.apply(value, target, args) as Promise<unknown>);
    },
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
