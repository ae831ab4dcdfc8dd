import type { StorageSettings } from '../../../config/regions';

/** Name of a region's vault bucket: the one in the regions file, otherwise `tenant-vault-<region>`. */
export function vaultName({ vaultBucket }: StorageSettings, region: string): string {
  return vaultBucket ?? `tenant-vault-${region}`;
}
