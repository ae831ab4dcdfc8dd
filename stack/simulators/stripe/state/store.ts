import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { EffectLog, type Effect } from './effects';
import type { StripeEvent } from './account-objects';
import type { ObjectType, ObjectTypes } from './objects';
import type { StripeObject } from './stripe-object';

/** The stored answer for an idempotency key. */
export interface IdempotencyRecord {
  key: string;
  /** Digest of method, path and parameters. */
  fingerprint: string;
  /** Unix seconds. */
  at: number;
  status: number;
  body: string;
  requestId: string;
}

/** All changes of one request. They are written as a single line, so that they are stored completely or not at all. */
export interface Change {
  objects: StripeObject[];
  effects: Omit<Effect, 'seq'>[];
  idempotency?: IdempotencyRecord;
}

interface Line extends Omit<Change, 'effects'> {
  effects: Effect[];
}

const COMPACT_ABOVE = 2000;

/** Events that are kept. */
const MOST_EVENTS = 2000;

/**
 * The server's state: an append-only file of JSON lines, replayed at start. A line reaches the kernel before its request is answered, so
 * `kill -9` loses nothing that was acknowledged. A half-written last line belongs to a request that was never answered, and is dropped.
 */
export class Store {
  /** Told of each change's new events once they are stored. */
  onEvents: (events: readonly StripeEvent[]) => void = () => undefined;
  readonly #objects = new Map<string, Map<string, StripeObject>>();
  readonly #idempotency = new Map<string, IdempotencyRecord>();
  readonly #log: EffectLog;
  readonly #file: string;
  #descriptor: number;
  #seq = 0;

  /** Opens or creates the state file and the effect log beside it. Throws if a line other than the last is damaged. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
    const lines = this.#read();
    this.#log = new EffectLog(`${file.replace(/\.jsonl?$/, '')}.effects.jsonl`);
    for (const line of lines) this.#apply(line);
    if (lines.length > COMPACT_ABOVE && lines.length > 2 * this.#size()) this.#compact();
    this.#descriptor = openSync(file, 'a', 0o600);
  }

  /** The object with this type and id, or its marker if deleted. Do not modify it; use `Transaction`. */
  get<T extends ObjectType>(type: T, id: string): ObjectTypes[T] | undefined {
    return this.#objects.get(type)?.get(id) as ObjectTypes[T] | undefined;
  }

  /** All objects of a type, oldest first, including deleted ones. */
  all<T extends ObjectType>(type: T): ObjectTypes[T][] {
    return [...(this.#objects.get(type)?.values() ?? [])] as ObjectTypes[T][];
  }

  /** The stored answer for this key, unless it is older than `since` (unix seconds). */
  answered(key: string, since: number): IdempotencyRecord | undefined {
    const record = this.#idempotency.get(key);
    return record !== undefined && record.at >= since ? record : undefined;
  }

  /** Stores a change permanently. */
  commit(change: Change): void {
    const effects = change.effects.map((effect, index) => ({ ...effect, seq: this.#seq + 1 + index }));
    const line: Line = { ...change, effects };
    writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
    const isNew = (object: StripeObject): object is StripeEvent =>
      object.object === 'event' && this.get('event', object.id) === undefined;
    const events = line.objects.filter(isNew);
    this.#apply(line);
    if (events.length > 0) this.onEvents(events);
  }

  /** The newest effects, oldest first. */
  effects(count: number): Effect[] {
    return this.#log.tail(count);
  }

  close(): void {
    closeSync(this.#descriptor);
    this.#log.close();
  }

  #apply(line: Line): void {
    for (const object of line.objects) {
      const type = this.#objects.get(object.object) ?? new Map<string, StripeObject>();
      this.#objects.set(object.object, type.set(object.id, object));
      if (object.object === 'event' && type.size > MOST_EVENTS) type.delete(type.keys().next().value!);
    }
    if (line.idempotency) this.#idempotency.set(line.idempotency.key, line.idempotency);
    for (const effect of line.effects) {
      this.#seq = effect.seq;
      this.#log.append(effect);
    }
  }

  #size(): number {
    return this.#idempotency.size + [...this.#objects.values()].reduce((sum, type) => sum + type.size, 0);
  }

  #read(): Line[] {
    if (!existsSync(this.#file)) return [];
    const text = readFileSync(this.#file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) writeFileSync(this.#file, whole, { mode: 0o600 });
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => {
        try {
          return JSON.parse(line) as Line;
        } catch (cause) {
          throw new Error(
            `${this.#file}, line ${index + 1} is not JSON. Delete the file to start with an empty account.`,
            { cause },
          );
        }
      });
  }

  #compact(): void {
    const change = (more: Partial<Line>): Line => ({ objects: [], effects: [], ...more });
    const lines = [
      ...[...this.#objects.values()].map((type) => change({ objects: [...type.values()] })),
      ...[...this.#idempotency.values()].map((idempotency) => change({ idempotency })),
      // Keeping the newest effect preserves the sequence number.
      change({ effects: this.#log.tail(1) }),
    ];
    writeFileSync(`${this.#file}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
