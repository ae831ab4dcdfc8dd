import { useId, type ComponentProps, type ReactNode } from 'react';

/** What a field of a form has besides its input. */
export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong with the value, in words. */
  error?: ReactNode;
}

/** A line of text; `unit` stands behind it. Everything else goes to the input. */
export function TextField({
  label,
  hint,
  error,
  unit,
  ...input
}: FieldProps & { unit?: string } & ComponentProps<'input'>) {
  const ids = useIds();
  return (
    <div className="field">
      <label htmlFor={ids.input}>{label}</label>
      {unit === undefined ? (
        <input id={ids.input} type="text" {...describedBy(ids, hint, error)} {...input} />
      ) : (
        <span className="with-unit">
          <input id={ids.input} type="text" {...describedBy(ids, hint, error)} {...input} />
          <span aria-hidden="true">{unit}</span>
        </span>
      )}
      <Notes ids={ids} hint={hint} error={error} />
    </div>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, ...input }: FieldProps & ComponentProps<'textarea'>) {
  const ids = useIds();
  return (
    <div className="field">
      <label htmlFor={ids.input}>{label}</label>
      <textarea id={ids.input} rows={3} {...describedBy(ids, hint, error)} {...input} />
      <Notes ids={ids} hint={hint} error={error} />
    </div>
  );
}

/** One of a few values. */
export function Choice({ label, hint, error, children, ...input }: FieldProps & ComponentProps<'select'>) {
  const ids = useIds();
  return (
    <div className="field">
      <label htmlFor={ids.input}>{label}</label>
      <select id={ids.input} {...describedBy(ids, hint, error)} {...input}>
        {children}
      </select>
      <Notes ids={ids} hint={hint} error={error} />
    </div>
  );
}

/** Yes or no. */
export function Check({ label, hint, error, ...input }: FieldProps & ComponentProps<'input'>) {
  const ids = useIds();
  return (
    <div className="field check">
      <input id={ids.input} type="checkbox" {...describedBy(ids, hint, error)} {...input} />
      <label htmlFor={ids.input}>{label}</label>
      <Notes ids={ids} hint={hint} error={error} />
    </div>
  );
}

interface Ids {
  input: string;
  hint: string;
  error: string;
}

function useIds(): Ids {
  const id = useId();
  return { input: id, hint: `${id}-hint`, error: `${id}-error` };
}

function describedBy(ids: Ids, hint: ReactNode, error: ReactNode) {
  const notes = [...(error ? [ids.error] : []), ...(hint ? [ids.hint] : [])];
  return {
    ...(notes.length > 0 && { 'aria-describedby': notes.join(' ') }),
    ...(error ? { 'aria-invalid': true } : {}),
  };
}

function Notes({ ids, hint, error }: { ids: Ids } & Pick<FieldProps, 'hint' | 'error'>) {
  return (
    <>
      {hint && (
        <p id={ids.hint} className="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={ids.error} className="field-error">
          {error}
        </p>
      )}
    </>
  );
}
