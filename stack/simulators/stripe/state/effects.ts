import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

/** A change or a charge at the simulated Stripe, logged for checkers outside the system under test. */
export interface Effect {
  /** Counts from 1 without gaps. */
  seq: number;
  /** ISO 8601. */
  time: string;
  method: string;
  path: string;
  idempotencyKey: string | null;
  effect: 'created' | 'updated' | 'deleted' | 'charged' | 'declined' | 'refunded';
  object: string;
  id: string;
  /** `metadata.tenantId` of the object, if it has one. */
  tenantId?: string;
  /** Amount charged, declined or refunded, in the smallest unit of the currency. */
  amount?: number;
  currency?: string;
}

/**
 * Append-only file of {@link Effect}s, with one JSON object per line. The state file holds every effect as well, so effects that are
 * missing here after a crash are added at the next start.
 */
export class EffectLog {
  readonly #descriptor: number;
  readonly #effects: Effect[];

  constructor(file: string) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) writeFileSync(file, whole);
    this.#effects = whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Effect);
    this.#descriptor = openSync(file, 'a', 0o600);
  }

  /** Appends an effect, unless the file already has it. */
  append(effect: Effect): void {
    if (effect.seq <= (this.#effects.at(-1)?.seq ?? 0)) return;
    writeSync(this.#descriptor, `${JSON.stringify(effect)}\n`);
    this.#effects.push(effect);
  }

  /** The newest `count` effects, oldest first. */
  tail(count: number): Effect[] {
    return this.#effects.slice(-count);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
