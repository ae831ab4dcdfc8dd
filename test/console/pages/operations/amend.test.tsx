/** @jest-environment jsdom */
import { QueryClientProvider } from '@tanstack/react-query';
import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { ApiError } from '../../../../clients/typescript/src/errors';
import type { Operation } from '../../../../clients/typescript/src/types';
import { queryClient } from '../../../../console/api/queries';
import { AmendFields, patchFrom } from '../../../../console/pages/operations/decide/amend';
import { VerbButton, type FieldError } from '../../../../console/parts/forms/verb';

const TENANT = 'abyf3mx234jjywzw';
const sent: unknown[] = [];
/** A loaded machine takes seconds to draw the dialog again. */
const SLOW = { timeout: 60_000 };

/** Opens the dialog of an operation whose configuration has failed, after its bucket was made. The API refuses the first request. */
function open(): void {
  queryClient.setQueryData(['tenant', { id: TENANT }], { resources: [{ kind: 'bucket', state: 'present' }] });
  const steps = [{ id: 'configuration', state: 'failed' }];
  const operation = { tenantId: TENANT, steps, failure: { pointer: '/configuration/settings/locale' } };
  const refusal = new ApiError('POST /x', {
    type: 'about:blank',
    title: 'Not valid',
    status: 422,
    errors: [{ pointer: '/patch/configuration/settings/locale', detail: 'Is not a language tag.' }],
  });
  const verb = {
    label: 'Amend',
    consequence: 'The order is changed.',
    fields: (errors: readonly FieldError[]) => (
      <AmendFields operation={operation as unknown as Operation} errors={errors} />
    ),
    run: ({ form }: { form: FormData }) =>
      sent.push(patchFrom(form)) === 1 ? Promise.reject(refusal) : Promise.resolve(),
  };
  render(
    <QueryClientProvider client={queryClient}>
      <VerbButton verb={verb} />
    </QueryClientProvider>,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Amend' }));
}

const submit = (): void => void fireEvent.submit(screen.getByRole('dialog').querySelector('form')!);

beforeAll(() => {
  // jsdom lacks both; browsers have them.
  globalThis.CSS ??= { escape: (text: string) => text } as typeof CSS;
  globalThis.crypto.randomUUID ??= () => '00000000-0000-4000-8000-000000000000';
});
afterAll(() => queryClient.clear());

test('settings are amended as JSON beside another field, with what is wrong said at the field', async () => {
  open();
  // The field that the failure blames comes first.
  const settings = screen.getByLabelText<HTMLTextAreaElement>('New value');
  fireEvent.change(settings, { target: { value: '{ "locale": ' } });
  expect(settings.validity.customError).toBe(true);
  expect(screen.getByText(/^Is not JSON yet/).className).toBe('field-error');
  fireEvent.change(settings, { target: { value: '{ "locale": "nowhere" }' } });
  expect(settings.validity.valid).toBe(true);
  submit();
  await waitFor(() => expect(screen.getByText('/locale Is not a language tag.').className).toBe('field-error'), SLOW);
  expect(settings.getAttribute('aria-invalid')).toBe('true');

  fireEvent.change(settings, { target: { value: '{ "locale": "de-DE" }' } });
  fireEvent.click(screen.getByRole('button', { name: 'Change another field, too' }));
  fireEvent.change(screen.getAllByLabelText('Field')[1]!, { target: { value: '/configuration/branding/displayName' } });
  fireEvent.click(screen.getByLabelText('Remove it from the order', { selector: '[value$=displayName]' }));
  submit();
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull(), SLOW);
  expect(sent.at(-1)).toEqual({ configuration: { settings: { locale: 'de-DE' }, branding: { displayName: null } } });
});

test('fields that a step has used are not offered, and named with the step', () => {
  open();
  const offered = [...screen.getByLabelText<HTMLSelectElement>('Field').options].map(({ value }) => value);
  expect(offered).not.toContain('/configuration/customDomain');
  expect(offered).not.toContain('/tenantName');
  const fixed = screen.getByText('What cannot be changed any more').parentElement!.textContent;
  expect(fixed).toMatch(/Already used by “[^”]+”: .*Custom domain/);
  expect(fixed).toContain('Fixed when the order was accepted: Tenant name');
});
