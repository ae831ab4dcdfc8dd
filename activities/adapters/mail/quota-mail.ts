import { paragraph, render, type Block, type Rendered } from './layout';
import { utc } from './text';

/** A tenant whose bucket has come to hold more than its quota, or does not any more. */
export interface QuotaChange {
  tenantId: string;
  plan: string;
  region: string;
  bytes: number;
  quotaBytes: number | undefined;
  /** Null: no longer. */
  overSince: Date | null;
}

/** The mail to the operators about tenants that cannot write to their bucket, or can again. */
export function quotaMail(changes: readonly QuotaChange[]): Rendered {
  const over = changes.filter(({ overSince }) => overSince !== null);
  const again = changes.filter(({ overSince }) => overSince === null);
  const subject = [
    ...(over.length > 0 ? [`${tenants(over.length)} above the storage quota`] : []),
    ...(again.length > 0 ? [`${tenants(again.length)} below it again`] : []),
  ];
  return render(`[storage] ${subject.join(', ')}`, [
    ...(over.length > 0
      ? [
          paragraph('These tenants’ buckets hold more than their plan gives. They can read and delete, and not write:'),
          list(over),
          paragraph(
            'All versions of an object count: space is free once a version is deleted by its id, or its retention is over. The right to write comes back with the next round after the bucket is within its quota.',
          ),
        ]
      : []),
    ...(again.length > 0 ? [paragraph('These are within their quota again, and can write:'), list(again)] : []),
  ]);
}

function tenants(count: number): string {
  return count === 1 ? '1 tenant is' : `${count} tenants are`;
}

function list(changes: readonly QuotaChange[]): Block {
  return {
    kind: 'list',
    items: changes.map(({ tenantId, plan, region, bytes, quotaBytes, overSince }) => {
      const quota = quotaBytes === undefined ? '' : ` of ${gigabytes(quotaBytes)}`;
      const since = overSince === null ? '' : `, since ${utc(overSince)}`;
      return `${tenantId} (${plan}, ${region}): ${gigabytes(bytes)}${quota}${since}`;
    }),
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}
