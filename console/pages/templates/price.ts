import type { Template } from './read';

/** The prices of a plan in words. */
export function priceText({ currency, prices }: Template['billing']): string {
  const { format, minorUnits } = formatOf(currency);
  const [monthly, yearly] = [prices.monthly / minorUnits, prices.yearly / minorUnits];
  return `${format.format(monthly)} a month, or ${format.format(yearly)} a year`;
}

function formatOf(currency: string): { format: Intl.NumberFormat; minorUnits: number } {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency: currency.toUpperCase() });
  return { format, minorUnits: 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2) };
}
