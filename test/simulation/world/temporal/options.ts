import type { PayloadCodec } from '@temporalio/common';
import type { Owner, VirtualClock } from '../clock';

/** One attempt of an activity, as its implementation sees it. */
export interface AttemptContext extends Owner {
  info: {
    activityId: string;
    activityType: string;
    attempt: number;
    isLocal: boolean;
    taskQueue: string;
    retryPolicy: { initialInterval?: number; backoffCoefficient?: number; maximumInterval?: number } | undefined;
    workflowExecution: { workflowId: string; runId: string };
    /** Details of the last heartbeat of an earlier attempt. */
    heartbeatDetails: unknown;
    currentAttemptScheduledTimestampMs: number;
  };
  cancellationSignal: AbortSignal;
  heartbeat(details?: unknown): void;
  log: Record<'debug' | 'info' | 'warn' | 'error', () => void>;
}

/** Dependencies of the simulated Temporal. */
export interface OrchestratorOptions {
  clock: VirtualClock;
  seed: number;
  /** Codecs with which the worker decodes histories. */
  workerCodecs: PayloadCodec[];
  /** Codecs with which the API encodes. */
  clientCodecs: PayloadCodec[];
  /** Runs one attempt of an activity. */
  execute(context: AttemptContext, args: unknown[]): Promise<unknown>;
  /** End of the current Temporal outage; undefined while Temporal can be reached. */
  downUntil(): number | undefined;
  /** Adds a line to the story. */
  tell(what: string): void;
}

/** Milliseconds until Temporal can be reached again. */
export function untilBack({ clock, downUntil }: OrchestratorOptions): number {
  const until = downUntil();
  return until === undefined ? 0 : Math.max(0, until - clock.now);
}
