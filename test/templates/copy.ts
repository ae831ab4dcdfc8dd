import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../contract/orders/order';

/** The project's own templates. */
export const TEMPLATES = join(__dirname, '../../templates');

/** Runs with a temporary copy of the three templates, one of them edited. */
export function withEdited<T>(plan: Plan, edit: (yaml: string) => string, run: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'templates-'));
  try {
    for (const name of ['starter', 'professional', 'enterprise'])
      cpSync(join(TEMPLATES, `${name}.yaml`), join(directory, `${name}.yaml`));
    const file = join(directory, `${plan}.yaml`);
    const before = readFileSync(file, 'utf8');
    const after = edit(before);
    if (after === before) throw new Error('The edit changed nothing: the test would prove nothing.');
    writeFileSync(file, after);
    return run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
