import pc from 'picocolors';
import type { GlobalOptions } from '../settings';
import { printable, printableJson } from './printable';

/** Colours, which do nothing where the output is no terminal or NO_COLOR is set. */
export type Paint = ReturnType<typeof pc.createColors>;

/** Rows of a table, and its header. */
export interface Table {
  header: string[];
  rows: (string | number | undefined)[][];
}

/** Where a command writes its result. */
export interface Output {
  readonly isTerminal: boolean;
  readonly isJson: boolean;
  readonly paint: Paint;
  /** The value as JSON, unless there is a terminal; then what `view` makes of it. */
  result(value: unknown, view: () => string): void;
  /** One line of a sequence: the value as JSON with --json, else the text. */
  line(value: unknown, text: string): void;
  /** A remark that is no result. */
  remark(text: string): void;
  table(table: Table): string;
  /** A time in the local zone, or in UTC. */
  time(iso: string | undefined): string;
}

/** Writes to standard output, and remarks to standard error. */
export function createOutput({ json, utc }: GlobalOptions, env: NodeJS.ProcessEnv): Output {
  const isTerminal = process.stdout.isTTY;
  const paint = pc.createColors(isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb');
  const zone = utc ? { timeZone: 'UTC' } : {};
  return {
    isTerminal,
    isJson: json === true,
    paint,
    result: (value, view) =>
      void process.stdout.write(`${isTerminal && !json ? view() : printableJson(value, isTerminal ? 2 : undefined)}\n`),
    line: (value, text) => void process.stdout.write(`${json ? printableJson(value) : text}\n`),
    remark: (text) => void process.stderr.write(`${text}\n`),
    table: ({ header, rows }) => tableOf(header.map(paint.bold), header, rows),
    time: (iso) => (iso === undefined ? '' : timeOf(new Date(iso), zone)),
  };
}

function timeOf(time: Date, zone: { timeZone?: string }): string {
  return (
    time.toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'medium', ...zone }) + (zone.timeZone ? 'Z' : '')
  );
}

function tableOf(painted: string[], header: string[], rows: Table['rows']): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? ''))));
  const widths = header.map((name, at) => Math.max(...[name, ...cells.map((row) => row[at] ?? '')].map(lengthOf)));
  const pad = (shown: string, plain: string, at: number): string =>
    shown + ' '.repeat(Math.max(0, (widths[at] ?? 0) - lengthOf(plain)));
  const lines = [
    painted.map((name, at) => pad(name, header[at] ?? '', at)),
    ...cells.map((row) => row.map((cell, at) => pad(cell, cell, at))),
  ];
  return lines.map((line) => line.join('  ').trimEnd()).join('\n');
}

function lengthOf(text: string): number {
  return [...text].length;
}
