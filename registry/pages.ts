/** A position in a list ordered newest first. */
export interface Position {
  /** Microseconds since 1970, as text: PostgreSQL keeps more digits than a JavaScript date. */
  micros: string;
  id: string;
}

/** Which part of a list a caller requests. */
export interface PageRequest {
  limit: number;
  after?: Position | undefined;
}

/** One page of a list. `nextCursor` requests the next page and is absent on the last. */
export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

/** SQL expression for a row's {@link Position.micros}, from its time column. */
export function microsOf(column: string): string {
  return `(extract(epoch from ${column}) * 1000000)::bigint::text`;
}

/**
 * SQL condition for the rows after a position, in newest-first order. `micros` and `id` are the numbers of the parameters that hold the
 * position; both parameters are null on the first page. A position is a row's own time and id, so rows inserted between two requests cause
 * neither repeats nor gaps.
 */
export function isBehind(timeColumn: string, idColumn: string, micros: number, id: number): string {
  return `($${micros}::bigint is null or (${timeColumn}, ${idColumn}) <
    (timestamptz 'epoch' + $${micros}::bigint * interval '1 microsecond', $${id}::text))`;
}

/** The opaque cursor that callers receive; it contains no secret. */
export function encodeCursor({ micros, id }: Position): string {
  return Buffer.from(`${micros}.${id}`).toString('base64url');
}

/** The position in a cursor, or undefined if the text is not one of our cursors. */
export function decodeCursor(cursor: string): Position | undefined {
  const [, micros, id] = /^(\d{1,16})\.([a-z0-9_-]{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return micros !== undefined && id !== undefined ? { micros, id } : undefined;
}

/** Turns up to `limit + 1` rows into a page of up to `limit`; the extra row only shows that there is a next page. */
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
