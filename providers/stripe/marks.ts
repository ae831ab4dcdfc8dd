import { dashName } from '../../contract/ids';
import type { Listed, ResourceContext } from '../port/kind';

/** Value in the metadata of everything that this program makes. */
const MANAGED_BY = 'tenant-provisioner';

/** Metadata that marks an object as ours, with its tenant and operation. */
export function marks({ tenantId, operationId }: { tenantId: string; operationId: string }): Record<string, string> {
  return { tenantId, operationId, managedBy: MANAGED_BY };
}

/** The tenant id in the marks, or undefined if the object is not ours. */
export function tenantOf(metadata: Record<string, string> | null): string | undefined {
  return metadata?.['managedBy'] === MANAGED_BY ? metadata['tenantId'] : undefined;
}

/** Days after which no request of a provisioning takes effect any more: a run ends long before that. */
const LONGEST_RUN_DAYS = 60;

/**
 * List parameters for objects that were created for this ledger row: since it was written, with a minute's allowance for clock differences. Once
 * the row has the object's id, only until no run could have made another one, so that the list of an old tenant does not grow with the account.
 * Stripe's lists are strongly consistent; its searches are not.
 */
export function since({ id, intendedAt }: Pick<ResourceContext, 'id' | 'intendedAt'>): {
  created: { gte: number; lte?: number };
  limit: number;
} {
  const begun = Math.floor(intendedAt.getTime() / 1000);
  const until = id === undefined ? {} : { lte: begun + LONGEST_RUN_DAYS * 86_400 };
  return { created: { gte: begun - 60, ...until }, limit: 100 };
}

/** Filters out the objects that are not ours, and maps the others to entries of a kind's `list`. */
export async function* listOurs(
  objects: AsyncIterable<{ id: string; metadata: Record<string, string> }>,
  signal: AbortSignal,
): AsyncIterable<Listed> {
  for await (const { id, metadata } of objects) {
    signal.throwIfAborted();
    const tenantId = tenantOf(metadata);
    if (tenantId !== undefined) yield { tenantId, name: dashName(tenantId), id };
  }
}

/** Whether Stripe answered that the object does not exist. */
export function isMissing(error: unknown): boolean {
  return (
    (error as { code?: unknown } | null)?.code === 'resource_missing' &&
    (error as { statusCode?: unknown }).statusCode === 404
  );
}

/** The object, or undefined if it does not exist. */
export async function orAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
