/** A field's text, without the spaces around it; empty if there is none. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** The moment of a field of the type `datetime-local`, which is in the viewer's zone; undefined if it is empty. */
export function momentOf(form: FormData, name: string): string | undefined {
  const text = textOf(form, name);
  return text === '' ? undefined : new Date(text).toISOString();
}

/** Whether a box is ticked. */
export function isTicked(form: FormData, name: string): boolean {
  return form.get(name) !== null;
}
