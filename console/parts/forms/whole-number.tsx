import { useState, type ChangeEvent, type ComponentProps } from 'react';
import { TextField, type FieldProps } from './field';

/** What a {@link WholeNumberField} takes besides what its input does. */
export interface WholeNumberProps extends FieldProps {
  min: number;
  max: number;
  /** What the number counts, such as "days"; stands behind the input. */
  unit: string;
}

/** A whole number within bounds, with its unit. What is wrong with it is said beside it while it is typed, and keeps the form from being sent. */
export function WholeNumberField({
  min,
  max,
  unit,
  error,
  onChange,
  ...input
}: WholeNumberProps & Omit<ComponentProps<'input'>, 'type' | 'min' | 'max'>) {
  const [wrong, setWrong] = useState<string>();
  const check = (event: ChangeEvent<HTMLInputElement>): void => {
    const found = wholeNumberError(event.target.value, { min, max });
    event.target.setCustomValidity(found ?? '');
    setWrong(found);
    onChange?.(event);
  };
  // The type `number` would hand over nothing of what is not a number, so that the reason could not be said.
  return (
    <TextField {...input} inputMode="numeric" autoComplete="off" unit={unit} error={wrong ?? error} onChange={check} />
  );
}

/** Why a text is no whole number within the bounds, in words; undefined if it is one, or empty. */
export function wholeNumberError(text: string, { min, max }: { min: number; max: number }): string | undefined {
  const typed = text.trim();
  if (typed === '') return undefined;
  const isWhole = /^-?\d+$/.test(typed);
  const number = Number(typed);
  return isWhole && number >= min && number <= max ? undefined : `Enter a whole number from ${min} to ${max}.`;
}
