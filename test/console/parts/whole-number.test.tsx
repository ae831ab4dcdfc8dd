/** @jest-environment jsdom */
import { fireEvent, render, screen } from '@testing-library/react';
import { WholeNumberField, wholeNumberError } from '../../../console/parts/forms/whole-number';

test.each([
  ['', undefined],
  ['0', undefined],
  [' 365 ', undefined],
  ['366', 'Enter a whole number from 0 to 365.'],
  ['-1', 'Enter a whole number from 0 to 365.'],
  ['1.5', 'Enter a whole number from 0 to 365.'],
  ['soon', 'Enter a whole number from 0 to 365.'],
])('the days %j are answered %j', (typed, error) => {
  expect(wholeNumberError(typed, { min: 0, max: 365 })).toBe(error);
});

test('what is wrong is said beside the field and keeps the form from being sent, until it is corrected', () => {
  render(<WholeNumberField label="Days of grace" unit="days" min={0} max={365} />);
  const field = screen.getByLabelText<HTMLInputElement>('Days of grace');
  fireEvent.change(field, { target: { value: '400' } });
  expect(screen.getByText('Enter a whole number from 0 to 365.').className).toBe('field-error');
  expect(field.validity.valid).toBe(false);
  fireEvent.change(field, { target: { value: '40' } });
  expect(screen.queryByText('Enter a whole number from 0 to 365.')).toBeNull();
  expect(field.validity.valid).toBe(true);
});
