import { paragraph, render, type Block, type Rendered } from '../layout';
import { utc } from '../text';

/** A tenant whose bucket went over its quota, or is within it again. */
export interface QuotaChange {
  tenantId: string;
  plan: string;
  region: string;
  bytes: number;
  quotaBytes: number | undefined;
  /** When the bucket went over its quota; null if it is within it again. */
  overSince: Date | null;
}

/** Renders the mail to the operators about tenants that can no longer write to their bucket, or can again. */
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
          paragraph(
            'These tenants’ buckets hold more than their plan allows. The tenants can read and delete objects, but not write:',
          ),
          list(over),
          paragraph(
            'Every version of an object counts: its space is freed once that version is deleted by its id, or once its retention has ended. The first check that finds the bucket within its quota restores the right to write.',
          ),
        ]
      : []),
    ...(again.length > 0
      ? [paragraph('These tenants’ buckets are within their quota again, and the tenants can write:'), list(again)]
      : []),
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
