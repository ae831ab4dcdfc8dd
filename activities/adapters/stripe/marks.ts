import { dashName } from '../../../contract/ids';
import type { Listed, ResourceContext } from '../../kind';

/** Says that something is ours, beside the tenant it belongs to. */
const MANAGED_BY = 'tenant-provisioner';

/** Metadata of everything we make. */
export function marks({ tenantId, operationId }: { tenantId: string; operationId: string }): Record<string, string> {
  return { tenantId, operationId, managedBy: MANAGED_BY };
}

/** The tenant an object of ours belongs to, or undefined when it is not ours. */
export function tenantOf(metadata: Record<string, string> | null): string | undefined {
  return metadata?.['managedBy'] === MANAGED_BY ? metadata['tenantId'] : undefined;
}

/** Stripe's lists since the ledger row was written, allowing a minute for clocks. Lists are strongly consistent, searches are not. */
export function since({ intendedAt }: Pick<ResourceContext, 'intendedAt'>): {
  created: { gte: number };
  limit: number;
} {
  return { created: { gte: Math.floor(intendedAt.getTime() / 1000) - 60 }, limit: 100 };
}

/** Those of ours among all objects, as `list` reports them. */
export async function* ours(
  objects: AsyncIterable<{ id: string; metadata: Record<string, string> }>,
  signal: AbortSignal,
): AsyncIterable<Listed> {
  for await (const { id, metadata } of objects) {
    signal.throwIfAborted();
    const tenantId = tenantOf(metadata);
    if (tenantId !== undefined) yield { tenantId, name: dashName(tenantId), id };
  }
}

/** True for Stripe's "there is no such object". */
export function isMissing(error: unknown): boolean {
  return (
    (error as { code?: unknown } | null)?.code === 'resource_missing' &&
    (error as { statusCode?: unknown }).statusCode === 404
  );
}

/** The object, or undefined when there is none. */
export async function orAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
