import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTables } from './doc-tables';

/** Brings the generated tables of README.md and docs/ up to date with the code. */
const root = join(__dirname, '..');
const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((file) => join('docs', file))];
for (const document of documents.filter((file) => file.endsWith('.md'))) {
  const file = join(root, document);
  const before = readFileSync(file, 'utf8');
  const after = withTables(before);
  if (after === before) continue;
  writeFileSync(file, after);
  process.stdout.write(`${document}: brought up to date\n`);
}
