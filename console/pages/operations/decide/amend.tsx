import { useState, type ChangeEvent } from 'react';
import type { Operation, Plan } from '../../../../clients/typescript/src/types';
import { Check, Choice, TextArea, TextField, type FieldProps } from '../../../parts/forms/field';
import type { FieldError } from '../../../parts/forms/verb';
import { Skeleton } from '../../../parts/states/skeleton';
import { AMEND_FIELDS, amendableNow, fixedFields, jsonError, labelOf, patchOf, type AmendField } from './amendment';
import { usePlaces } from '../../order/places';
import { TestCards } from '../../order/fields/test-cards';
import { useTenant } from '../resources';

/** Chooses fields of the order and their new values. The field that the failure blames is chosen first. */
export function AmendFields({ operation, errors }: { operation: Operation; errors: readonly FieldError[] }) {
  const { data: tenant, isPending } = useTenant(operation.tenantId);
  if (isPending) return <Skeleton lines={3} height={34} />;
  // Without the tenant, the API still refuses a field that was used, and says so.
  const made = { steps: operation.steps, resources: tenant?.resources ?? [] };
  return (
    <>
      <Changes
        plan={operation.plan}
        possible={amendableNow(made)}
        blamed={operation.failure?.pointer}
        errors={errors}
      />
      <details>
        <summary>What cannot be changed any more</summary>
        <ul className="amend-fixed">
          {fixedFields(made).map(({ why, fields }) => (
            <li key={why}>
              {why}: {fields.join(', ')}.
            </li>
          ))}
        </ul>
        <p className="hint">To change one of these, undo everything and have the tenant ordered again.</p>
      </details>
    </>
  );
}

interface ChangesProps {
  plan: Plan;
  possible: readonly string[];
  blamed: string | undefined;
  errors: readonly FieldError[];
}

function Changes({ plan, possible, blamed, errors }: ChangesProps) {
  const first = possible.find((pointer) => blamed === pointer || blamed?.startsWith(`${pointer}/`));
  const [rows, setRows] = useState(() => [{ id: 0, pointer: first ?? possible[0]! }]);
  if (possible.length === 0) return <p>No field of this order can be changed any more.</p>;
  const free = possible.filter((pointer) => rows.every((row) => row.pointer !== pointer));
  const choose = (id: number, pointer: string): void =>
    setRows(rows.map((row) => (row.id === id ? { id, pointer } : row)));
  const add = (): void => setRows([...rows, { id: Math.max(...rows.map(({ id }) => id)) + 1, pointer: free[0]! }]);
  return (
    <>
      {rows.map(({ id, pointer }) => (
        <fieldset key={id} className="amend-change">
          <legend className="visually-hidden">{labelOf(pointer)}</legend>
          <Choice label="Field" name="pointer" value={pointer} onChange={(event) => choose(id, event.target.value)}>
            {possible
              .filter((each) => each === pointer || free.includes(each))
              .map((each) => (
                <option key={each} value={each}>
                  {labelOf(each)}
                  {each === first ? ' (blamed by the failure)' : ''}
                </option>
              ))}
          </Choice>
          <NewValue key={pointer} plan={plan} pointer={pointer} error={errorAt(pointer, errors)} />
          {rows.length > 1 && (
            <button type="button" className="button" onClick={() => setRows(rows.filter((row) => row.id !== id))}>
              Leave “{labelOf(pointer)}” as it is
            </button>
          )}
        </fieldset>
      ))}
      {free.length > 0 && (
        <button type="button" className="button" onClick={add}>
          Change another field, too
        </button>
      )}
    </>
  );
}

function NewValue({ plan, pointer, error }: { plan: Plan; pointer: string; error: string | undefined }) {
  const [isRemoved, setRemoved] = useState(false);
  const field = AMEND_FIELDS[pointer]!;
  return (
    <>
      {isRemoved ? (
        <input type="hidden" name="value" value="" />
      ) : pointer === '/paymentMethod' ? (
        <PaymentMethodField hint={field.hint} error={error} />
      ) : (
        <ValueField plan={plan} field={field} error={error} />
      )}
      {field.removes !== undefined && (
        <Check
          name="removed"
          value={pointer}
          label={`Remove ${field.removes === pointer ? 'it' : `the whole “${labelOf(field.removes)}”`} from the order`}
          checked={isRemoved}
          onChange={(event) => setRemoved(event.target.checked)}
          error={isRemoved && error}
        />
      )}
    </>
  );
}

interface ValueProps {
  plan: Plan;
  field: AmendField;
  error: string | undefined;
}

function ValueField({ plan, field: { as, hint, from }, error }: ValueProps) {
  const places = usePlaces(plan)[from ?? 'regions'];
  const props = { label: 'New value', name: 'value', required: true, hint, error };
  if (from !== undefined && places.length > 0)
    return (
      <Choice {...props} hint={undefined}>
        {places.map((place) => (
          <option key={place}>{place}</option>
        ))}
      </Choice>
    );
  if (as === 'json') return <JsonField {...props} />;
  if (typeof as !== 'string')
    return (
      <Choice {...props}>
        {as.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </Choice>
    );
  // An empty list is a value: it removes every entry.
  return (
    <TextField
      {...props}
      required={as !== 'list'}
      type={as === 'number' ? 'number' : 'text'}
      autoComplete="off"
      spellCheck={false}
    />
  );
}

/** A payment method, typed or, where there are test cards, chosen. */
function PaymentMethodField(notes: Pick<FieldProps, 'hint' | 'error'>) {
  const [text, setText] = useState('');
  return (
    <>
      <TextField
        {...notes}
        label="New value"
        name="value"
        required
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
      />
      <TestCards chosen={text} onChoose={setText} />
    </>
  );
}

/** A text that must be a JSON object. Until it is one, the form cannot be sent. */
function JsonField({ error, ...props }: FieldProps & { name: string; required: boolean }) {
  const [syntax, setSyntax] = useState<string>();
  const check = ({ target }: ChangeEvent<HTMLTextAreaElement>): void => {
    const found = jsonError(target.value);
    target.setCustomValidity(found ?? '');
    setSyntax(target.value.trim() === '' ? undefined : found);
  };
  return (
    <TextArea
      {...props}
      className="json"
      rows={6}
      placeholder={'{ "locale": "de-DE" }'}
      spellCheck={false}
      error={syntax ?? error}
      onChange={check}
    />
  );
}

/** What the API says of a field, or of something below it. */
function errorAt(pointer: string, errors: readonly FieldError[]): string | undefined {
  const at = `/patch${pointer}`;
  const own = errors.filter((error) => error.pointer === at || error.pointer?.startsWith(`${at}/`));
  if (own.length === 0) return undefined;
  return own.map((error) => `${error.pointer.slice(at.length)} ${error.detail}`.trim()).join(' ');
}

/** The merge patch that the dialog's fields describe. */
export function patchFrom(form: FormData): Record<string, unknown> {
  const texts = form.getAll('value').map(String);
  const removed = form.getAll('removed').map(String);
  const pointers = form.getAll('pointer').map(String);
  return patchOf(
    pointers.map((pointer, index) => ({ pointer, text: texts[index] ?? '', isRemoved: removed.includes(pointer) })),
  );
}
