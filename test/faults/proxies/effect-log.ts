import { appendFileSync, writeFileSync } from 'node:fs';
import type { Action } from '../../helpers/providers/fault-proxy';

/** The provider behind a proxy. */
export type ProviderName = 'versity' | 'keycloak' | 'stripe' | 'postgres';

/** A change requested from a provider, as seen outside the product. */
export interface LoggedCall {
  /** Milliseconds since 1970 when the request reached the provider, or would have reached it. */
  at: number;
  provider: ProviderName;
  region?: string;
  method: string;
  /** Path and query; the statement for PostgreSQL. */
  path: string;
  tenantId?: string;
  /** The provider's real answer; missing when the request did not reach it or has no answer yet. */
  status?: number;
  /** The provider marks the answer as a replay of an earlier one. */
  replayed?: boolean;
  idempotencyKey?: string;
  fault?: string;
}

/** The ground truth: an append-only file that the system under test cannot write. */
export interface EffectLog {
  readonly file: string;
  append(call: LoggedCall): void;
  /** All calls so far, oldest first. */
  all(): readonly LoggedCall[];
}

/** Starts a log in `file`, one JSON object per line. */
export function createEffectLog(file: string): EffectLog {
  writeFileSync(file, '', { mode: 0o600 });
  const calls: LoggedCall[] = [];
  return {
    file,
    append: (call) => {
      appendFileSync(file, `${JSON.stringify(call)}\n`);
      calls.push(call);
    },
    all: () => calls,
  };
}

/** Short name of an action, for logs and counts. */
export function nameOf(action: Action): string {
  if (typeof action !== 'object') return String(action);
  if ('againAfterMs' in action) return `again after ${action.againAfterMs} ms`;
  if ('ms' in action) return `${action.of} ${action.ms} ms late`;
  return `${action.status}${action.afterEffect === true ? ' after the effect' : ''}`;
}
