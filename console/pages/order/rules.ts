/** The value at a JSON pointer (RFC 6901). */
export function valueAt(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], document);
}

/** What a JSON Schema allows, in words: "10 to 500". */
export function limitsOf({ minimum, maximum, enum: values, type }: Record<string, unknown>): string {
  if (Array.isArray(values)) return values.map(valueText).join(', ');
  if (minimum !== undefined && maximum !== undefined) return `${valueText(minimum)} to ${valueText(maximum)}`;
  return type === 'boolean' ? 'yes or no' : 'any';
}

/** A value of a template or an order, for people. */
export function valueText(value: unknown): string {
  if (value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
