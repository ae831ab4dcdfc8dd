import { useState, type FormEvent, type ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { TextArea, TextField } from './field';
import type { ApiError } from '../../../clients/typescript/src/errors';
import { Problem, wordsOf } from '../states/problem';

/** What a verb does, and what it asks before it does it. */
export interface Verb {
  /** The button's words, such as "Suspend". */
  label: string;
  /** The dialog's question; the label by default. */
  title?: string;
  /** `danger`: cannot be taken back, or closes something for customers. */
  tone?: 'primary' | 'danger';
  /** What will happen, in words. */
  consequence: ReactNode;
  /** Whether a reason is asked for. It is kept in the audit trail. No by default. */
  reason?: 'required' | 'optional';
  reasonLabel?: string;
  /** More fields, which may show what the API has refused of them. `run` finds their values in the form by their names. */
  fields?: ReactNode | ((errors: readonly FieldError[]) => ReactNode);
  /** A text to be typed, for what must not happen by a slip: the tenant's name. */
  confirm?: string;
  /** The last button's words; the label by default. */
  action?: string;
  /** Does it. What it rejects with is shown in the dialog, which stays open; with the same key, a repetition does it only once. */
  run: (input: VerbInput) => Promise<unknown>;
  /** Called once it is done. */
  onDone?: () => void;
}

/** What the API refuses of a request's body, and where in it. */
export type FieldError = ApiError['errors'][number];

/** What a person has entered. */
export interface VerbInput {
  reason: string | undefined;
  form: FormData;
  /** The same for every attempt of one intent. */
  idempotencyKey: string;
}

/** A button that asks in a dialog before it acts. Every verb of the console goes through it. */
export function VerbButton({ verb, isDisabled = false }: { verb: Verb; isDisabled?: boolean }) {
  return (
    <DialogTrigger>
      <Button className="button" data-tone={verb.tone} isDisabled={isDisabled}>
        {verb.label}
      </Button>
      <ModalOverlay className="overlay">
        <Modal className="modal">
          <Dialog>{({ close }) => <VerbForm verb={verb} close={close} />}</Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function VerbForm({ verb, close }: { verb: Verb; close: () => void }) {
  // Made when the dialog opens: closing it ends the intent.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const { label, title = label, action = label, reason, confirm } = verb;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = form.get('reason');
    setBusy(true);
    setError(undefined);
    try {
      const words = typeof given === 'string' && given.trim() !== '' ? given.trim() : undefined;
      await verb.run({ reason: words, form, idempotencyKey });
      close();
      verb.onDone?.();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  }

  return (
    <form className="verb" onSubmit={(event) => void submit(event)}>
      <Heading slot="title">{title}</Heading>
      <div className="consequence">{verb.consequence}</div>
      {typeof verb.fields === 'function' ? verb.fields(wordsOf(error).errors) : verb.fields}
      {reason && (
        <TextArea
          name="reason"
          label={verb.reasonLabel ?? 'Reason'}
          hint="Kept in the audit trail, which is never deleted: no personal data."
          required={reason === 'required'}
          maxLength={1000}
        />
      )}
      {confirm !== undefined && (
        <TextField
          label={
            <>
              Type <strong>{confirm}</strong> to confirm
            </>
          }
          value={typed}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      {error !== undefined && <Problem error={error} />}
      <div className="actions">
        <Button className="button" onPress={close}>
          Back
        </Button>
        <Button
          className="button"
          type="submit"
          data-tone={verb.tone ?? 'primary'}
          isDisabled={isBusy || (confirm !== undefined && typed !== confirm)}
        >
          {isBusy ? 'Sending…' : action}
        </Button>
      </div>
    </form>
  );
}
