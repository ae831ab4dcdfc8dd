import type { Exchange, Received } from '../../helpers/providers/fault-proxy';

/** Finds the tenant of a request to a provider: by the tenant's name in it, or by an object made for the tenant before. */
export interface TenantIndex {
  tenantOf(request: Received): string | undefined;
  /** Remembers the ids in the answer to a creation. */
  learn(exchange: Exchange): void;
}

const NAMED = /\bt[-_]([a-z][a-z0-9]{15})(?![a-z0-9])/;
const STRIPE_METADATA = /metadata(?:\[|%5B)tenantId(?:\]|%5D)=([a-z][a-z0-9]{15})/;

/** An index for one provider. */
export function createTenantIndex(): TenantIndex {
  const owners = new Map<string, string>();
  const tenantOf = ({ path, body }: Pick<Received, 'path' | 'body'>): string | undefined => {
    const named = NAMED.exec(path)?.[1] ?? STRIPE_METADATA.exec(body)?.[1] ?? NAMED.exec(body)?.[1];
    if (named !== undefined) return named;
    for (const part of path.split(/[/?&=]/)) {
      const owner = owners.get(part);
      if (owner !== undefined) return owner;
    }
    return undefined;
  };
  return {
    tenantOf,
    learn: (exchange) => {
      const { answer, method } = exchange;
      const tenantId = tenantOf(exchange);
      if (method !== 'POST' || tenantId === undefined || answer === undefined || answer.status >= 300) return;
      const id = answer.headers.location?.split('/').at(-1) ?? /"id":\s*"([^"]+)"/.exec(answer.body)?.[1];
      if (id !== undefined) owners.set(id, tenantId);
    },
  };
}
