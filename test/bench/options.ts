import { InvalidArgumentError } from 'commander';

/** A size given on the command line. Throws commander's error for anything but a whole number above 0. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Must be a whole number above 0.');
}
