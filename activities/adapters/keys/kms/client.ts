import { KMSClient } from '@aws-sdk/client-kms';
import type { KmsSettings, RegionKeys } from '../../../../config/regions';
import { KeysUnavailable } from '../../../../contract/key-wrapping';
import { CLIENT_LIMITS } from '../../../aws-client-limits';
import { withRequestSignals } from '../../../aws-request-signal';

/** One region's key management. */
export interface KmsRegion {
  readonly name: string;
  readonly settings: KmsSettings;
  readonly kms: KMSClient;
}

/** Key management of the regions that have one at AWS. */
export interface KmsRegions {
  has(region: string): boolean;
  /** Throws {@link KeysUnavailable} when this process was told of none there. */
  of(region: string): KmsRegion;
  close(): void;
}

/** Builds a client for each region whose settings say `aws-kms`. Nothing is contacted yet. */
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
        `Keys of region ${region} are at AWS KMS, and this process has no access to it: name REGIONS_FILE, with keys of the region.`,
      );
    },
    close: () => all.forEach(({ kms }) => kms.destroy()),
  };
}

function kmsRegion(name: string, settings: KmsSettings): KmsRegion {
  const { region, endpoint, accessKeyId, secretAccessKey } = settings;
  const kms = withRequestSignals(
    new KMSClient({
      ...CLIENT_LIMITS,
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      credentials: { accessKeyId, secretAccessKey },
    }),
  );
  return { name, settings, kms };
}
