import { useState } from 'react';
import type { Operation } from '../../../clients/typescript/src/types';
import { FIELD_READERS, isAmendable } from '../../../contract/orders/amendable';
import { Choice, TextField } from '../../parts/forms/field';

/** Fields whose values are lists, numbers or one of a few. All others are texts. */
const LISTS = ['/subscription/features', '/configuration/integrations'];
const NUMBERS = ['/compliance/retentionPeriod'];

/** Fields that this form can change: `settings` is an object with a form of its own at the customer. */
const FIELDS = Object.keys(FIELD_READERS).filter((pointer) => pointer !== '/configuration/settings');

/** Chooses a field of the order and its new value. The field that the failure blames is chosen first. */
export function AmendFields({ operation: { failure, steps } }: { operation: Operation }) {
  const blamed = failure?.pointer;
  // What has been made is known to the API, which refuses a field that was used meanwhile and says so.
  const possible = FIELDS.filter((pointer) => isAmendable(pointer, { steps, resources: [] }));
  const first = possible.find((pointer) => blamed === pointer || blamed?.startsWith(`${pointer}/`)) ?? possible[0];
  const [pointer, setPointer] = useState(first);
  if (pointer === undefined) return <p>No field of this order can be changed any more.</p>;
  return (
    <>
      <Choice label="Field" name="pointer" value={pointer} onChange={(event) => setPointer(event.target.value)}>
        {possible.map((each) => (
          <option key={each} value={each}>
            {labelOf(each)}
            {each === first && blamed !== undefined ? ' (blamed by the failure)' : ''}
          </option>
        ))}
      </Choice>
      <TextField
        key={pointer}
        label="New value"
        name="value"
        hint={hintOf(pointer)}
        required
        autoComplete="off"
        spellCheck={false}
      />
    </>
  );
}

/** The merge patch (RFC 7396) that the dialog's fields describe. */
export function patchFrom(form: FormData): Record<string, unknown> {
  const pointer = textOf(form.get('pointer'));
  const value = valueAt(pointer, textOf(form.get('value')).trim());
  const names = pointer.split('/').slice(1);
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}

function valueAt(pointer: string, text: string): unknown {
  if (LISTS.includes(pointer)) return text.split(/[\s,]+/).filter((each) => each !== '');
  return NUMBERS.includes(pointer) ? Number(text) : text;
}

/** "Payment method" of `/paymentMethod`, "Admin user: email" of `/adminUser/email`. */
function labelOf(pointer: string): string {
  const words = pointer
    .slice(1)
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll('/', ': ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function hintOf(pointer: string): string | undefined {
  if (LISTS.includes(pointer)) return 'All of them, separated by commas.';
  if (pointer === '/paymentMethod') return 'Id of a payment method at the billing provider: pm_…';
  return NUMBERS.includes(pointer) ? 'A number of days.' : undefined;
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
