/** JSON pointers (RFC 6901) of the places at which two values differ. A member that only one of them has is one place. */
export function differences(one: unknown, other: unknown, at = ''): string[] {
  if (Object.is(one, other)) return [];
  if (!isNested(one) || !isNested(other) || Array.isArray(one) !== Array.isArray(other)) return [at];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].flatMap((name) => {
    const field = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return Object.hasOwn(one, name) && Object.hasOwn(other, name)
      ? differences(one[name], other[name], field)
      : [field];
  });
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
