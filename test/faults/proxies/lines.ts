import type { Endpoints } from '../../../stack/types';
import { startLine, type CuttableLine } from '../../helpers/providers/cuttable-line';
import type { FaultProxy } from '../../helpers/providers/fault-proxy';
import type { EffectLog } from './effect-log';
import { startProviderProxy } from './provider-proxy';

/** The places for faults: every connection of the product, in region eu-central where there are regions. */
export interface Lines {
  s3: FaultProxy;
  s3Admin: FaultProxy;
  keycloak: FaultProxy;
  stripe: FaultProxy;
  postgres: CuttableLine;
  registry: CuttableLine;
  temporal: CuttableLine;
  mail: CuttableLine;
  /** Endpoints for a product whose traffic goes through all lines. */
  via: Partial<Endpoints>;
  registryUrl: string;
  /** Removes all rules and restores every line. */
  heal(): void;
  close(): Promise<void>;
}

/** The region behind the lines; every scenario orders there. */
export const REGION = 'eu-central';

/** Opens all lines. */
export async function openLines(endpoints: Endpoints, log: EffectLog): Promise<Lines> {
  const { s3, keycloak, stripe, postgres, temporal, mail } = endpoints as Required<Endpoints>;
  const store = s3[REGION]!;
  const cluster = postgres.regions[REGION]!;
  const proxies = await Promise.all([
    startProviderProxy({ provider: 'versity', region: REGION, target: store.endpoint }, log),
    startProviderProxy({ provider: 'versity', region: REGION, target: store.adminEndpoint }, log),
    startProviderProxy({ provider: 'keycloak', target: keycloak.url }, log),
    startProviderProxy({ provider: 'stripe', target: stripe.url }, log),
  ]);
  const lines = await Promise.all(
    [new URL(cluster.url).host, new URL(postgres.registry.url).host, temporal.address, new URL(mail.smtp).host].map(
      startLine,
    ),
  );
  const [s3Proxy, s3Admin, keycloakProxy, stripeProxy] = proxies;
  const [postgresLine, registryLine, temporalLine, mailLine] = lines as [
    CuttableLine,
    CuttableLine,
    CuttableLine,
    CuttableLine,
  ];
  return {
    s3: s3Proxy,
    s3Admin,
    keycloak: keycloakProxy,
    stripe: stripeProxy,
    postgres: postgresLine,
    registry: registryLine,
    temporal: temporalLine,
    mail: mailLine,
    via: {
      s3: { ...s3, [REGION]: { ...store, endpoint: s3Proxy.url, adminEndpoint: s3Admin.url } },
      keycloak: { ...keycloak, url: keycloakProxy.url },
      stripe: { ...stripe, url: stripeProxy.url },
      postgres: {
        ...postgres,
        regions: { ...postgres.regions, [REGION]: { ...cluster, url: at(cluster.url, postgresLine.address) } },
      },
      temporal: { ...temporal, address: temporalLine.address },
      mail: { ...mail, smtp: at(mail.smtp, mailLine.address) },
    },
    registryUrl: at(postgres.registry.url, registryLine.address),
    heal: () => {
      for (const proxy of proxies) proxy.clear();
      for (const line of lines) {
        line.clear();
        line.mend();
      }
    },
    close: async () => {
      await Promise.all([...proxies, ...lines].map((each) => each.close()));
    },
  };
}

/** The same URL with another host and port. */
function at(url: string, host: string): string {
  const moved = new URL(url);
  moved.host = host;
  return moved.href;
}
