import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root folder of the checkout. */
export const ROOT = join(__dirname, '../..');

/** A Markdown document of the checkout. */
export interface Document {
  /** Path relative to the checkout. */
  file: string;
  text: string;
}

/** Every Markdown document of the root folder and of docs/. */
export const DOCUMENTS: Document[] = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs')).map((name) => join('docs', name)),
]
  .filter((file) => file.endsWith('.md'))
  .map((file) => ({ file, text: read(file) }));

/** Text of a file of the checkout. */
export function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
