import { KeysUnavailable } from '../../contract/keys/key-wrapping';
import { findPlacement, type Placement } from '../../registry/capacity/capacity';
import { loadOperation as load, type LoadedOperation } from '../../registry/operations/operations';
import type { OrderDependencies } from '../dependencies';
import type { Target } from '../effects/ensure';
import { failure, toFailure } from '../../providers/port/failures';
import type { StepInput } from './interface';

/** The operation with its order decrypted. Throws `OperationNotFound`. */
export async function loadOperation({ pool, keys }: OrderDependencies, operationId: string): Promise<LoadedOperation> {
  const operation = await load(pool, keys, operationId).catch((error: unknown) => {
    throw error instanceof KeysUnavailable ? toFailure(error, `the order of operation ${operationId}`) : error;
  });
  if (!operation) throw failure('OperationNotFound', `There is no operation ${operationId} in the registry.`);
  return operation;
}

/** An operation whose tenant holds a reservation. */
export interface PlacedOperation extends LoadedOperation {
  region: string;
  placement: Placement;
  /** Target of a resource of this step that goes on the given cell of the region. */
  inRegion(cell: string): Target;
  /** Target of a resource of this step that belongs to no region. */
  global: Target;
}

/**
 * Loads an operation and its reservation, which every step after `reserve` needs. Throws `CompensationBegun` when there is no reservation.
 */
export async function loadPlaced(
  dependencies: OrderDependencies,
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

/** Runs independent work concurrently and waits for all of it, so that nothing of a failed step continues unnoticed. */
export async function together(...work: Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
