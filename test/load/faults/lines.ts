import type { Endpoints } from '../../../stack/types';
import { startFaultProxy, type FaultProxy } from '../../helpers/providers/fault-proxy';

/** A fault proxy in front of every HTTP provider in every region. */
export interface Lines {
  lines: Record<string, FaultProxy>;
  /** Endpoints for a product whose calls go through the lines. */
  via: Partial<Endpoints>;
  close(): Promise<void>;
}

/** Opens all lines. An object store's administration endpoint, which manages its users, has a separate line. */
export async function openLines({ s3, keycloak, stripe }: Endpoints): Promise<Lines> {
  const lines: Record<string, FaultProxy> = {};
  const open = async (name: string, target: string): Promise<string> => {
    lines[name] = await startFaultProxy(target);
    return lines[name].url;
  };
  const stores = await Promise.all(
    Object.entries(s3!).map(async ([region, store]) => {
      const endpoint = await open(`S3 ${region}`, store.endpoint);
      const adminEndpoint = await open(`S3 users ${region}`, store.adminEndpoint);
      return [region, { ...store, endpoint, adminEndpoint }] as const;
    }),
  );
  const via = {
    s3: Object.fromEntries(stores),
    keycloak: { ...keycloak!, url: await open('Keycloak', keycloak!.url) },
    stripe: { ...stripe!, url: await open('Stripe', stripe!.url) },
  };
  return {
    lines,
    via,
    close: async () => {
      await Promise.all(Object.values(lines).map((line) => line.close()));
    },
  };
}
