import { KMSClient } from '@aws-sdk/client-kms';
import type { KmsSettings, RegionKeys } from '../../../config/regions';
import { KeysUnavailable } from '../../../contract/keys/key-wrapping';
import { CLIENT_LIMITS } from '../../aws/client-limits';
import { withRequestSignals } from '../../aws/request-signal';
import { withTracedCalls } from '../../aws/traced-client';

/** AWS KMS in one region. */
export interface KmsRegion {
  readonly name: string;
  readonly settings: KmsSettings;
  readonly kms: KMSClient;
}

/** AWS KMS in the regions that use it. */
export interface KmsRegions {
  has(region: string): boolean;
  /** Throws {@link KeysUnavailable} if this process has no KMS settings for the region. */
  of(region: string): KmsRegion;
  close(): void;
}

/** Creates a client for each region whose settings say `aws-kms`. Sends nothing yet. */
export function kmsRegions(regions: readonly RegionKeys[]): KmsRegions {
  const all = new Map(
    regions.flatMap(({ name, keys }) => (keys?.provider === 'aws-kms' ? [[name, kmsRegion(name, keys)] as const] : [])),
  );
  return {
    has: (region) => all.has(region),
    of(region) {
      const found = all.get(region);
      if (found) return found;
      throw new KeysUnavailable(
        `Keys of region ${region} are at AWS KMS, but this process has no settings for it. Set REGIONS_FILE to a file with the region’s keys.`,
      );
    },
    close: () => all.forEach(({ kms }) => kms.destroy()),
  };
}

function kmsRegion(name: string, settings: KmsSettings): KmsRegion {
  const { region, endpoint, accessKeyId, secretAccessKey } = settings;
  const client = new KMSClient({
    ...CLIENT_LIMITS,
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials: { accessKeyId, secretAccessKey },
  });
  return { name, settings, kms: withTracedCalls(withRequestSignals(client), 'aws') };
}
