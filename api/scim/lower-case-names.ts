/** The object with its names in lower case; undefined for anything else. */
export function withLowerCaseNames(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name.toLowerCase(), entry as unknown]));
}
