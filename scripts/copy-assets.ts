import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';

/** What the compiled program reads at run time and the compiler does not copy: plans, SQL, migrations, pages. */
const ASSETS = ['package.json', 'templates', 'registry/migrations', 'api/pages/assets'];

const root = join(__dirname, '..');
for (const asset of ASSETS)
  cpSync(join(root, asset), join(root, 'dist', asset), {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'),
  });

// What package.json names as a command has to be one, which the compiler does not see to.
chmodSync(join(root, 'dist/cli/main.js'), 0o755);
