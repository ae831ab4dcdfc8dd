import { createLogUpdate } from 'log-update';
import { hasEnded, hasSucceeded, type Event, type Operation, type OperationHandle } from '../src/index';
import type { Context } from './context';
import { EXIT, type ExitStatus } from './exit';
import { eventLine, operationView } from './output/operation-view';

/** How to watch. */
export interface WatchOptions {
  /** Go on while the operation waits for a person. */
  keepWaiting?: true;
}

const DRAW_EVERY_MS = 500;
const WAITING = ['awaiting_approval', 'on_hold', 'needs_operator'];

/**
 * Follows an operation until it has ended or waits for a person: with a live view on a terminal, with a line for each event elsewhere.
 * Returns the exit status.
 */
export async function watch(
  context: Context,
  handle: OperationHandle,
  options: WatchOptions = {},
): Promise<ExitStatus> {
  const { out, signal } = context;
  const isLive = out.isTerminal && !out.isJson;
  const view = isLive ? liveView(context, handle) : undefined;
  try {
    const onReconnect = ({ error, waitMs }: { error: Error; waitMs: number }): void => {
      // The client continues a stream that ends within a moment, so that is not worth a line.
      if (waitMs > 3_000) out.remark(`${error.message} Next try in ${Math.ceil(waitMs / 1000)} s.`);
    };
    for await (const event of handle.events({ signal, onReconnect })) {
      if (view) view.event(event);
      else out.line(event, eventLine(event, out));
      if (options.keepWaiting || !WAITING.includes(String(event.data['status']))) continue;
      // The event may be an old one.
      if (WAITING.includes((await handle.status()).status)) break;
    }
    const operation = await handle.status();
    view?.end(operation);
    if (!view) out.line(operation, summary(operation));
    return exitOf(operation);
  } finally {
    view?.stop();
  }
}

/** The exit status for where an operation stands. */
function exitOf({ status }: Operation): ExitStatus {
  if (hasSucceeded(status)) return EXIT.ok;
  return hasEnded(status) ? EXIT.failed : EXIT.waits;
}

function summary({ operationId, status, failure }: Operation): string {
  return `${operationId} is ${status}${failure ? `: ${failure.type} in ${failure.step}` : ''}`;
}

interface LiveView {
  event(event: Event): void;
  /** Draws the last state. */
  end(operation: Operation): void;
  /** Leaves the terminal as it was found. */
  stop(): void;
}

function liveView({ out }: Context, handle: OperationHandle): LiveView {
  const update = createLogUpdate(process.stdout);
  const retries = new Map<string, string>();
  let operation: Operation | undefined;
  let isStale = true;
  let isReading = false;
  const draw = (): void => {
    if (operation) update(operationView(operation, out, { retries }));
  };
  const refresh = async (): Promise<void> => {
    if (isStale && !isReading) {
      isReading = true;
      isStale = false;
      // The next refresh tries again.
      operation = await handle.status().catch(() => ((isStale = true), operation));
      isReading = false;
    }
    if (!isStopped) draw();
  };
  let isStopped = false;
  const timer = setInterval(() => void refresh(), DRAW_EVERY_MS);
  void refresh();
  return {
    event: ({ type, data }) => {
      isStale = true;
      if (type !== 'step.attempt' || typeof data['step'] !== 'string') return;
      if (typeof data['nextTry'] === 'string') retries.set(data['step'], data['nextTry']);
      else retries.delete(data['step']);
    },
    end: (last) => {
      operation = last;
      draw();
    },
    stop: () => {
      isStopped = true;
      clearInterval(timer);
      update.done();
    },
  };
}
