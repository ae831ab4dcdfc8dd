import { TENDING_COUNTS, type TendingCounts } from '../contract/tending';
import { nextActiveBucket } from '../registry/storage-usage';
import type { Dependencies } from './dependencies';
import { toFailure } from './failures';
import type { TendingActivities, TendedPortion } from './interface-tending';
import { tellOfQuotas } from './quota-notice';
import { tendLogins } from './tend-logins';
import { tendOne } from './tend-one';

/** After this long a portion ends with the bucket it is at. */
const PORTION_MS = 120_000;

/** So many buckets or logins one after the other that cannot be looked after mean that the server is away, not that something is wrong with them. */
const AWAY_AFTER = 3;

/** A round of retention, quotas and logins, portion by portion. */
export function createTendStorage(dependencies: Dependencies): TendingActivities {
  const { pool, postgres, regions, signal, storage } = dependencies;
  return {
    listTendedRegions: () => Promise.resolve(regions.map(({ name }) => name)),

    async tendBuckets({ region, after: last }) {
      const counts = Object.fromEntries(TENDING_COUNTS.map((count) => [count, 0])) as TendingCounts;
      const portion: TendedPortion = { counts, problems: [] };
      const end = Date.now() + PORTION_MS;
      for (let after = last, failed = 0, loginsFailed = 0; ;) {
        signal().throwIfAborted();
        const bucket = await nextActiveBucket(pool, region, after);
        if (!bucket) return portion;
        after = bucket.tenantId;
        try {
          add(counts, await tendOne(dependencies, region, bucket));
          failed = 0;
        } catch (error) {
          const known = toFailure(error, `bucket of tenant ${after}`, storage.classify);
          if (signal().aborted || ++failed === AWAY_AFTER) throw known;
          portion.problems.push(known.message);
        }
        if (loginsFailed < AWAY_AFTER)
          try {
            await tendLogins(dependencies, bucket);
            loginsFailed = 0;
          } catch (error) {
            loginsFailed++;
            portion.problems.push(toFailure(error, `logins of tenant ${after}`, postgres.classify).message);
          }
        if (Date.now() >= end) return { ...portion, after };
      }
    },

    tellOfQuotas: () => tellOfQuotas(dependencies),
  };
}

function add(counts: TendingCounts, more: Partial<TendingCounts>): void {
  for (const count of TENDING_COUNTS) counts[count] += more[count] ?? 0;
}
