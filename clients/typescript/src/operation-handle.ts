import { ProvisioningFailed, StillRunning } from './errors';
import { hasEnded, hasSucceeded, isEnd, type Event, type Operation, type Result } from './types';
import type { FollowOptions } from './follow';
import { anySignal } from './signals';

/** How to wait for the end of an operation. */
export interface WaitOptions extends Omit<FollowOptions, 'after'> {
  /** Milliseconds after which to stop waiting; unlimited by default, because approvals and removals can take days. */
  timeoutMs?: number | undefined;
  /** Called with every event of the operation, in order, each once, from its acceptance on. */
  onEvent?: ((event: Event) => void) | undefined;
}

/** An operation that was accepted. */
export interface OperationHandle {
  readonly operationId: string;
  readonly tenantId: string;
  /** The operation as it is now. */
  status(): Promise<Operation>;
  /** How long it still takes, as far as that can be said; undefined once it has ended. */
  estimate(): Promise<Operation['estimate']>;
  /** Its events from its acceptance on, or after a position; ends with the operation. */
  events(options?: FollowOptions): AsyncIterable<Event>;
  /**
   * Waits until the operation has done what it was asked to, and resolves with its result. Rejects with `ProvisioningFailed` if it has ended
   * otherwise or needs an operator, with `StillRunning` after the time limit, and with the signal's reason when that is aborted.
   */
  untilDone(options?: WaitOptions): Promise<Result>;
}

/** What a handle is made from. */
export interface OperationAccess {
  baseUrl: string;
  operationId: string;
  tenantId: string;
  read(signal?: AbortSignal): Promise<Operation>;
  follow(options: FollowOptions): AsyncIterable<Event>;
}

/** A handle of an operation. */
export function operationHandle({ baseUrl, operationId, tenantId, read, follow }: OperationAccess): OperationHandle {
  const links = { operation: `${baseUrl}/v1/operations/${operationId}`, tenant: `${baseUrl}/v1/tenants/${tenantId}` };

  function resultOf(operation: Operation): Result {
    if (!hasSucceeded(operation.status) || !operation.result) throw new ProvisioningFailed(operation, links);
    return operation.result;
  }

  async function wait({ onEvent, ...options }: Omit<WaitOptions, 'timeoutMs'>): Promise<Result> {
    // Fails at once if the operation cannot be read, and opens no stream for one that has ended unless its events are asked for.
    const first = await read(options.signal);
    if (!onEvent && isSettled(first)) return resultOf(first);
    for await (const event of follow(options)) {
      onEvent?.(event);
      if (isEnd(event) || event.data['status'] !== 'needs_operator') continue;
      // An operator may have resolved it since.
      const operation = await read(options.signal);
      if (operation.status === 'needs_operator') return resultOf(operation);
    }
    return resultOf(await read(options.signal));
  }

  return {
    operationId,
    tenantId,
    status: () => read(),
    estimate: async () => (await read()).estimate,
    events: (options = {}) => follow(options),
    untilDone: async ({ timeoutMs, signal, ...options } = {}) => {
      if (timeoutMs === undefined) return wait({ signal, ...options });
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(new StillRunning(operationId, timeoutMs)), timeoutMs);
      try {
        return await wait({ signal: anySignal([limit.signal, ...(signal ? [signal] : [])]), ...options });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** Whether the operation does not change any more on its own. */
function isSettled({ status }: Operation): boolean {
  return hasEnded(status) || status === 'needs_operator';
}
