import { appendFileSync, writeFileSync } from 'node:fs';
import type { Deed } from '../../helpers/fault-proxy';

/** What stands behind a proxy. */
export type ProviderName = 'versity' | 'keycloak' | 'stripe' | 'postgres';

/** A change that a provider was asked for, as seen from outside the product. */
export interface LoggedCall {
  /** Milliseconds since 1970 when the provider was asked – or would have been. */
  at: number;
  provider: ProviderName;
  region?: string;
  method: string;
  /** Path and query; of PostgreSQL the statement. */
  path: string;
  tenantId?: string;
  /** What the provider really answered; absent when it was not asked or has not answered. */
  status?: number;
  /** What the provider calls a request it has answered before. */
  replayed?: boolean;
  idempotencyKey?: string;
  fault?: string;
}

/** The ground truth: a file that only grows, written by nobody of the system under test. */
export interface EffectLog {
  readonly file: string;
  append(call: LoggedCall): void;
  /** Everything so far, oldest first. */
  all(): readonly LoggedCall[];
}

/** Begins a log in `file`, one JSON object a line. */
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

/** A deed in a word, for logs and counts. */
export function nameOf(deed: Deed): string {
  if (typeof deed !== 'object') return String(deed);
  if ('ms' in deed) return `${deed.of} ${deed.ms} ms late`;
  return `${deed.status}${deed.afterEffect === true ? ' after the effect' : ''}`;
}
