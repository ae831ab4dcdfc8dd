import { limitsOf, valueText } from './rules';

/** As it is typed; shown in whole CPUs. */
const MILLI_CPU = '1/1000 CPU';

/** Units of the values that plans and orders name, by the end of their names. */
const UNITS: readonly [end: RegExp, unit: string][] = [
  [/Gb$/, 'GB'],
  [/Mb$/, 'MB'],
  [/cpuMillis$/i, MILLI_CPU],
  [/Seconds$/, 'seconds'],
  [/Days$/, 'days'],
  [/passwordLength$/i, 'characters'],
  [/connectionLimit$/i, 'connections'],
];

const ENDS = /(?<=[a-z])(Gb|Mb|Millis|Seconds|Days)$/;

/** The unit of the values of this name, such as a customization's; undefined for what is counted or is no number. */
export function unitOf(name: string): string | undefined {
  return UNITS.find(([end]) => end.test(name))?.[1];
}

/** A name of a plan's or an order's value in words, without its unit: "Storage quota" of `storageQuotaGb`. */
export function quantityLabel(name: string): string {
  const words = name
    .replace(ENDS, '')
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replaceAll(/\bcpu\b/g, 'CPU');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value with its unit: "20 GB" of 20 and `storageQuotaGb`. */
export function quantityText(name: string, value: unknown): string {
  const unit = unitOf(name);
  if (typeof value !== 'number' || unit === undefined) return valueText(value);
  return unit === MILLI_CPU ? `${value / 1000} CPU` : `${value.toLocaleString()} ${unit}`;
}

/** What a rule allows for a value of this name: "1 to 50 GB". */
export function allowedText(name: string, schema: Record<string, unknown>): string {
  const unit = unitOf(name);
  const limits = limitsOf(schema);
  if (unit === undefined || schema['type'] === 'boolean' || Array.isArray(schema['enum'])) return limits;
  return `${limits} ${unit === MILLI_CPU ? 'thousandths of a CPU' : unit}`;
}

/** The last name of a JSON pointer, which says what a value is: `quotaGb` of `/resources/storage/quotaGb`. */
export function nameAt(pointer: string): string {
  return pointer.split('/').at(-1) ?? pointer;
}
