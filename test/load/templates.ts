import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const TEMPLATES = path.join(__dirname, '../../templates');

/** Copies the plans' templates into `dir`, with this number of attempts per step. */
export function templatesWithAttempts(dir: string, attempts: number): string {
  const copies = path.join(dir, 'templates');
  mkdirSync(copies);
  for (const file of readdirSync(TEMPLATES).filter((name) => name.endsWith('.yaml'))) {
    const template = readFileSync(path.join(TEMPLATES, file), 'utf8');
    writeFileSync(path.join(copies, file), template.replace(/maximumAttempts: \d+/, `maximumAttempts: ${attempts}`));
  }
  return copies;
}
