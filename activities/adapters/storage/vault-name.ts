import type { StorageSettings } from '../../../config/regions';

/** The bucket of a region's vault: the one the regions file names, else `tenant-vault-<region>`. */
export function vaultName({ vaultBucket }: StorageSettings, region: string): string {
  return vaultBucket ?? `tenant-vault-${region}`;
}
