/** Whether a caller wants an answer of this type instead of JSON. A caller that accepts anything gets JSON. */
export function prefers(type: string, accept = ''): boolean {
  const types = accept.split(',').map((part) => part.split(';')[0]!.trim().toLowerCase());
  return types.includes(type) && !types.includes('application/json');
}
