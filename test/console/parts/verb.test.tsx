/** @jest-environment jsdom */
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { ApiError } from '../../../clients/typescript/src/errors';
import { VerbButton, type Verb, type VerbInput } from '../../../console/parts/forms/verb';

const refusal = new ApiError('POST /x', {
  type: 'about:blank',
  title: 'Not possible now',
  status: 409,
  detail: 'The operation has ended. Read it again.',
});

function open(verb: Partial<Verb>): void {
  render(<VerbButton verb={{ label: 'Suspend', consequence: 'Nobody can sign in.', run: async () => {}, ...verb }} />);
  fireEvent.click(screen.getByRole('button', { name: 'Suspend' }));
}

const submit = (): void => void fireEvent.submit(screen.getByRole('dialog').querySelector('form')!);

beforeAll(() => {
  // jsdom lacks both; browsers have them.
  globalThis.CSS ??= { escape: (text: string) => text } as typeof CSS;
  globalThis.crypto.randomUUID ??= () => `00000000-0000-4000-8000-${String(Math.random()).slice(2, 14)}` as never;
});

describe('a verb', () => {
  test('says its consequence before anything is sent, and sends nothing when the dialog is left', () => {
    const run = jest.fn();
    open({ run });
    expect(screen.getByRole('dialog').textContent).toContain('Nobody can sign in.');
    fireEvent.click(screen.getByRole('button', { name: 'Back' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(run).not.toHaveBeenCalled();
  });

  test('shows a refusal in the API’s words, stays open, and repeats with the same key', async () => {
    const inputs: VerbInput[] = [];
    const onDone = jest.fn();
    open({
      reason: 'required',
      onDone,
      run: (input) => {
        inputs.push(input);
        return inputs.length === 1 ? Promise.reject(refusal) : Promise.resolve();
      },
    });
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: '  Ticket 4711. ' } });
    submit();
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Read it again.'));
    expect(onDone).not.toHaveBeenCalled();
    submit();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(onDone).toHaveBeenCalledTimes(1);
    expect(inputs.map(({ reason }) => reason)).toEqual(['Ticket 4711.', 'Ticket 4711.']);
    expect(inputs[0]!.idempotencyKey).toBe(inputs[1]!.idempotencyKey);
  });

  test('tells its fields what the API refuses of them', async () => {
    const refused = new ApiError('POST /x', {
      type: 'about:blank',
      title: 'Not valid',
      status: 422,
      errors: [{ pointer: '/patch/region', detail: 'Is not a region.' }],
    });
    open({
      fields: (errors) => <p data-testid="field">{errors.map(({ pointer, detail }) => `${pointer} ${detail}`)}</p>,
      run: () => Promise.reject(refused),
    });
    expect(screen.getByTestId('field').textContent).toBe('');
    submit();
    await waitFor(() => expect(screen.getByTestId('field').textContent).toBe('/patch/region Is not a region.'));
  });

  test('is another intent each time the dialog is opened', async () => {
    const keys: string[] = [];
    open({ run: async ({ idempotencyKey }) => void keys.push(idempotencyKey) });
    submit();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    act(() => void fireEvent.click(screen.getByRole('button', { name: 'Suspend' })));
    submit();
    await waitFor(() => expect(keys).toHaveLength(2));
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('that asks for a name stays locked until the name is typed exactly', () => {
    open({ confirm: 'acme-bikes' });
    const send = (): HTMLButtonElement => {
      const buttons = screen.getAllByRole<HTMLButtonElement>('button', { name: 'Suspend' });
      return buttons.find(({ type }) => type === 'submit')!;
    };
    expect(send().disabled).toBe(true);
    fireEvent.change(screen.getByLabelText(/acme-bikes/), { target: { value: 'acme-bike' } });
    expect(send().disabled).toBe(true);
    fireEvent.change(screen.getByLabelText(/acme-bikes/), { target: { value: 'acme-bikes' } });
    expect(send().disabled).toBe(false);
  });
});
