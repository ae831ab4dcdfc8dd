import { KeysUnavailable } from '../contract/key-wrapping';
import { findPlacement, type Placement } from '../registry/capacity';
import { loadOperation as load, type LoadedOperation } from '../registry/operations';
import type { Dependencies } from './dependencies';
import type { Target } from './effect';
import { failure, toFailure } from './failures';
import type { StepInput } from './interface';

/** The operation with its order decrypted. Throws `OperationNotFound`. */
export async function loadOperation({ pool, keys }: Dependencies, operationId: string): Promise<LoadedOperation> {
  const operation = await load(pool, keys, operationId).catch((error: unknown) => {
    throw error instanceof KeysUnavailable ? toFailure(error, `the order of operation ${operationId}`) : error;
  });
  if (!operation) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
  return operation;
}

/** An operation whose tenant has its place. */
export interface PlacedOperation extends LoadedOperation {
  region: string;
  placement: Placement;
  /** Where a resource of this step goes: in the region, on the cell given. */
  inRegion(cell: string): Target;
  /** Where a resource of this step goes that belongs to no region. */
  global: Target;
}

/** The operation and its reservation, as every step after `reserve` needs them. */
export async function loadPlaced(
  dependencies: Dependencies,
  { operationId, step }: StepInput,
): Promise<PlacedOperation> {
  const operation = await loadOperation(dependencies, operationId);
  const placement = await findPlacement(dependencies.pool, operation.tenantId);
  if (!placement || operation.region === null)
    throw failure('CompensationBegun', `Operation ${operationId} holds no reservation: it was released or never made.`);
  const target = { operationId, tenantId: operation.tenantId, step };
  return {
    ...operation,
    region: operation.region,
    placement,
    inRegion: (cell) => ({ ...target, region: operation.region!, cell }),
    global: { ...target, region: 'global' },
  };
}

/** Runs independent work side by side and waits for all of it, so that nothing goes on behind a failed step's back. */
export async function together(...work: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
