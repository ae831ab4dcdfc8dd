/** A place in a list that is ordered newest first. */
export interface Position {
  /** Microseconds since 1970, as text: PostgreSQL keeps more digits than a JavaScript date. */
  micros: string;
  id: string;
}

/** Which part of a list is asked for. */
export interface PageRequest {
  limit: number;
  after?: Position | undefined;
}

/** A part of a list, and how to ask for the next one. */
export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

/** SQL of a row's {@link Position.micros}, from its time column. */
export function microsOf(column: string): string {
  return `(extract(epoch from ${column}) * 1000000)::bigint::text`;
}

/**
 * SQL that holds for rows behind a position, the newest first; parameters are its micros and id, both null on the first page. Because
 * a position is a row's own time and id, rows that are added meanwhile neither repeat nor skip any.
 */
export function isBehind(timeColumn: string, idColumn: string, micros: number, id: number): string {
  return `($${micros}::bigint is null or (${timeColumn}, ${idColumn}) <
    (timestamptz 'epoch' + $${micros}::bigint * interval '1 microsecond', $${id}::text))`;
}

/** What callers get to hold: opaque, without a secret in it. */
export function encodeCursor({ micros, id }: Position): string {
  return Buffer.from(`${micros}.${id}`).toString('base64url');
}

/** The position inside a cursor, or undefined when it is not one of ours. */
export function decodeCursor(cursor: string): Position | undefined {
  const [, micros, id] = /^(\d{1,16})\.([a-z0-9_]{1,40})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return micros !== undefined && id !== undefined ? { micros, id } : undefined;
}

/** Makes a page of up to `limit` rows out of `limit + 1`. */
export function toPage<Row, T>(
  rows: Row[],
  limit: number,
  position: (row: Row) => Position,
  view: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    ...(rows.length > limit && last !== undefined ? { nextCursor: encodeCursor(position(last)) } : {}),
  };
}
