import { eventsFor } from '../events/events';
import type { Effect } from './effects';
import { missing } from '../requests/errors';
import type { ObjectType, ObjectTypes } from './objects';
import type { StripeObject } from './stripe-object';
import type { Change, IdempotencyRecord, Store } from './store';

/** The request that caused an effect. */
export interface Origin {
  method: string;
  path: string;
  idempotencyKey: string | null;
}

/** The view and the changes of one request. Reads go through to the store; writes reach it only at `commit`. */
export class Transaction {
  readonly #changed = new Map<string, StripeObject>();
  readonly #money: Omit<Effect, 'seq'>[] = [];
  /** When the request was made, in unix seconds. */
  readonly #madeAt: number;

  constructor(
    readonly store: Store,
    /** Unix seconds in which the request happens: the same for all of it, unless it is about customers on a test clock. */
    public now: number,
    private readonly origin: Origin,
  ) {
    this.#madeAt = now;
  }

  /** A copy of the object, which may be changed and `put` back; undefined if it is absent or deleted. */
  get<T extends ObjectType>(type: T, id: string): ObjectTypes[T] | undefined {
    const object = (this.#changed.get(`${type} ${id}`) as ObjectTypes[T] | undefined) ?? this.store.get(type, id);
    return object === undefined || object.deleted ? undefined : structuredClone(object);
  }

  /** Like `get`, but throws `resource_missing` if the object is absent: 404, or 400 if the parameter `param` referred to it. */
  need<T extends ObjectType>(type: T, id: string, param?: string): ObjectTypes[T] {
    const object = this.get(type, id);
    if (object === undefined) throw missing(type, id, param);
    return object;
  }

  /**
   * All objects of a type that are not deleted, newest first. They are not copies, because there may be many: to change one, `get` it by id
   * or `put` a new one in its place.
   */
  all<T extends ObjectType>(type: T): ObjectTypes[T][] {
    const objects = new Map<string, StripeObject>(this.store.all(type).map((object) => [object.id, object]));
    for (const object of this.#changed.values()) if (object.object === type) objects.set(object.id, object);
    return ([...objects.values()] as ObjectTypes[T][]).filter((object) => !object.deleted).reverse();
  }

  /** Stores a new or changed object. */
  put<O extends StripeObject>(object: O): O {
    this.#changed.set(`${object.object} ${object.id}`, structuredClone(object));
    return object;
  }

  /** Replaces an object with the marker that Stripe returns for deleted objects. */
  delete(object: StripeObject): void {
    this.put({
      id: object.id,
      object: object.object,
      created: object.created,
      deleted: true,
      metadata: object['metadata'],
    });
  }

  /** Logs a charge, a decline or a refund as an effect. Objects that are `put` are logged automatically. */
  noteMoney(
    effect: 'charged' | 'declined' | 'refunded',
    object: StripeObject,
    money: { amount?: number; currency?: string } = {},
  ): void {
    this.#money.push({ ...this.#describe(effect, object), ...money });
  }

  /** Another transaction of the same request, whose changes are never committed. */
  draft(): Transaction {
    return new Transaction(this.store, this.now, this.origin);
  }

  /** Writes all changes, and the answer for the idempotency key if given, as one change. */
  commit(idempotency?: IdempotencyRecord): void {
    if (this.#changed.size === 0 && idempotency === undefined) return;
    const objects = [...this.#changed.values()];
    const events = eventsFor(
      objects.map((after) => ({ before: this.store.get(after.object as ObjectType, after.id), after })),
      {
        now: this.#madeAt,
        idempotencyKey: this.origin.idempotencyKey,
        endpoints: this.store.all('webhook_endpoint').filter(({ deleted }) => !deleted),
      },
    );
    const effects = [...objects.map((object) => this.#describe(this.#verb(object), object)), ...this.#money];
    const change: Change = { objects: [...objects, ...events], effects };
    this.store.commit(idempotency ? { ...change, idempotency } : change);
  }

  #verb(object: StripeObject): Effect['effect'] {
    if (object.deleted) return 'deleted';
    return this.store.get(object.object as ObjectType, object.id) === undefined ? 'created' : 'updated';
  }

  #describe(effect: Effect['effect'], object: StripeObject): Omit<Effect, 'seq'> {
    const tenantId = (object['metadata'] as { tenantId?: string } | undefined)?.tenantId;
    const tenant = tenantId === undefined ? {} : { tenantId };
    const time = new Date(this.#madeAt * 1000).toISOString();
    return { time, ...this.origin, effect, object: object.object, id: object.id, ...tenant };
  }
}
