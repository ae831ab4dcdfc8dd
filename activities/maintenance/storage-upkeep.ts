import type { RegionSettings } from '../../config/regions';
import { STORAGE_UPKEEP_COUNTS, type StorageUpkeepCounts } from '../../contract/maintenance/storage-upkeep';
import { nextBucket } from '../../registry/maintenance/storage-usage';
import type { Dependencies, MailDependencies } from '../dependencies';
import { toFailure } from '../../providers/port/failures';
import type { StorageUpkeepActivities, UpkeepPortionResult } from './interface-upkeep';
import { mailQuotaChanges } from '../notices/quota-notice';
import { removeDueExports } from './export-upkeep';
import type { RemovalDependencies } from '../removal/export/folder';
import { measureDatabase } from '../usage/measure';
import { maintainLogins, type LoginUpkeepDependencies } from './login-upkeep';
import { maintainBucket, type BucketUpkeepDependencies } from './bucket-upkeep';

/** A portion that has taken this long ends with its current bucket. */
const PORTION_MS = 120_000;

/** After this many failures in a row, the server is taken to be down: the fault is not with the single buckets or logins. */
const AWAY_AFTER = 3;

interface StorageUpkeepDependencies
  extends MailDependencies, BucketUpkeepDependencies, RemovalDependencies, LoginUpkeepDependencies {
  postgres: LoginUpkeepDependencies['postgres'] & Pick<Dependencies['postgres'], 'classify' | 'measure'>;
  regions: Pick<RegionSettings, 'name'>[];
  storage: BucketUpkeepDependencies['storage'] & RemovalDependencies['storage'];
}

/** The activities of storage upkeep: retention, quotas, logins and what is measured as usage, portion by portion. */
export function createStorageUpkeep(dependencies: StorageUpkeepDependencies): StorageUpkeepActivities {
  const { pool, postgres, regions, signal, storage } = dependencies;
  return {
    listUpkeepRegions: () => Promise.resolve(regions.map(({ name }) => name)),

    async maintainBuckets({ region, after: last }) {
      const counts = Object.fromEntries(STORAGE_UPKEEP_COUNTS.map((count) => [count, 0])) as StorageUpkeepCounts;
      const portion: UpkeepPortionResult = { counts, problems: [] };
      if (last === undefined) portion.problems.push(...(await removeDueExports(dependencies, region)));
      const end = Date.now() + PORTION_MS;
      for (let after = last, failed = 0, databasesFailed = 0; ;) {
        signal().throwIfAborted();
        const bucket = await nextBucket(pool, region, after);
        if (!bucket) return portion;
        after = bucket.tenantId;
        try {
          add(counts, await maintainBucket(dependencies, region, bucket));
          failed = 0;
        } catch (error) {
          const known = toFailure(error, `bucket of tenant ${after}`, storage.classify);
          if (signal().aborted || ++failed === AWAY_AFTER) throw known;
          portion.problems.push(known.message);
        }
        if (databasesFailed < AWAY_AFTER)
          try {
            await maintainLogins(dependencies, bucket);
            await measureDatabase(dependencies, { region, tenantId: bucket.tenantId });
            databasesFailed = 0;
          } catch (error) {
            databasesFailed++;
            portion.problems.push(toFailure(error, `database of tenant ${after}`, postgres.classify).message);
          }
        if (Date.now() >= end) return { ...portion, after };
      }
    },

    mailQuotaChanges: () => mailQuotaChanges(dependencies),
  };
}

function add(counts: StorageUpkeepCounts, more: Partial<StorageUpkeepCounts>): void {
  for (const count of STORAGE_UPKEEP_COUNTS) counts[count] += more[count] ?? 0;
}
