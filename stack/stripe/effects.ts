import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

/** Something that happened at "Stripe", for checkers outside the system under test. */
export interface Effect {
  /** Counts from 1 without gaps. */
  seq: number;
  /** ISO 8601. */
  time: string;
  method: string;
  path: string;
  idempotencyKey: string | null;
  effect: 'created' | 'updated' | 'deleted' | 'charged' | 'declined';
  object: string;
  id: string;
  /** `metadata.tenantId` of the object, where it has one. */
  tenantId?: string;
  /** Money that moved or was refused, in the smallest unit of the currency. */
  amount?: number;
  currency?: string;
}

/**
 * Append-only file of {@link Effect}s, one JSON object a line. It follows the state file: what a crash kept out of it is written at the
 * next start, because the state file carries every effect too.
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

  /** Adds an effect, unless it is in the file already. */
  append(effect: Effect): void {
    if (effect.seq <= (this.#effects.at(-1)?.seq ?? 0)) return;
    writeSync(this.#descriptor, `${JSON.stringify(effect)}\n`);
    this.#effects.push(effect);
  }

  /** The newest `count`, oldest first. */
  tail(count: number): Effect[] {
    return this.#effects.slice(-count);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
