const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** A number of bytes in the largest unit that fits, by thousands as quotas count them. */
export function bytesText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

/** A share as a percentage, with one digit where that tells something. */
export function percentText(share: number): string {
  const percent = share * 100;
  return `${Number.isInteger(percent) || percent >= 99.95 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** A count with its noun: "1 resource", "3 resources". */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
