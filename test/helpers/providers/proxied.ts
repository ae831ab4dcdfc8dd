import type { Endpoints } from '../../../stack/types';
import { stackEndpoints } from '../../stack';
import { startLine, type CuttableLine } from './cuttable-line';
import { startFaultProxy, type FaultProxy } from './fault-proxy';

/** Somebody at the line of each provider, in region eu-central where it has regions. */
export interface Proxied {
  s3: FaultProxy;
  keycloak: FaultProxy;
  stripe: FaultProxy;
  temporal: CuttableLine;
  /** What a product is to be told, to go through them. */
  via: Partial<Endpoints>;
  close(): Promise<void>;
}

/** Opens all of them. */
export async function proxyProviders(): Promise<Proxied> {
  const endpoints = stackEndpoints('s3', 'keycloak', 'stripe', 'temporal');
  const { 'eu-central': store, ...otherStores } = endpoints.s3!;
  const [s3, keycloak, stripe, temporal] = await Promise.all([
    startFaultProxy(store!.endpoint),
    startFaultProxy(endpoints.keycloak!.url),
    startFaultProxy(endpoints.stripe!.url),
    startLine(endpoints.temporal!.address),
  ]);
  return {
    s3,
    keycloak,
    stripe,
    temporal,
    via: {
      s3: { ...otherStores, 'eu-central': { ...store!, endpoint: s3.url } },
      keycloak: { ...endpoints.keycloak!, url: keycloak.url },
      stripe: { ...endpoints.stripe!, url: stripe.url },
      temporal: { ...endpoints.temporal!, address: temporal.address },
    },
    close: async () => {
      await Promise.all([s3, keycloak, stripe, temporal].map((each) => each.close()));
    },
  };
}
