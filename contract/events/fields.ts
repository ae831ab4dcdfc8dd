/**
 * What a field of an event's data may hold. There is deliberately no kind for free text: a secret, a name or a mail address has no place
 * in an event, because events are kept, and sent to others.
 */
export type EventField = FieldKind & { optional?: true; list?: true };

type FieldKind =
  /** An id that this product or a provider has made, or a name from the configuration, such as a region's. */
  | { holds: 'id' }
  | { holds: 'one-of'; values: readonly string[] }
  | { holds: 'number' }
  | { holds: 'flag' }
  /** ISO 8601. */
  | { holds: 'time' };

export const id = { holds: 'id' } as const satisfies EventField;
export const number = { holds: 'number' } as const satisfies EventField;
export const flag = { holds: 'flag' } as const satisfies EventField;
export const time = { holds: 'time' } as const satisfies EventField;

/** A field with one of these values. */
export function oneOf<const V extends string>(values: readonly V[]): { holds: 'one-of'; values: readonly V[] } {
  return { holds: 'one-of', values };
}

/** A field that may be absent. */
export function optional<const F extends EventField>(field: F): F & { optional: true } {
  return { ...field, optional: true };
}

/** A field with any number of such values. */
export function listOf<const F extends EventField>(field: F): F & { list: true } {
  return { ...field, list: true };
}

/** The data of an event with these fields; `Time` is what stands for a time, a `Date` before it is written and a text afterwards. */
export type DataOf<Fields, Time> = {
  [Name in keyof Fields as Fields[Name] extends { optional: true } ? never : Name]: ValueOf<Fields[Name], Time>;
} & {
  [Name in keyof Fields as Fields[Name] extends { optional: true } ? Name : never]?:
    ValueOf<Fields[Name], Time> | undefined;
};

type ValueOf<F, Time> = F extends { list: true } ? readonly SingleOf<F, Time>[] : SingleOf<F, Time>;

type SingleOf<F, Time> = F extends { holds: 'one-of'; values: readonly (infer V)[] }
  ? V
  : F extends { holds: 'number' }
    ? number
    : F extends { holds: 'flag' }
      ? boolean
      : F extends { holds: 'time' }
        ? Time
        : string;
