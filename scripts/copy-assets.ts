import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';

/** Files that the compiled program reads at run time but the compiler does not copy: plans, SQL, migrations and pages. */
const ASSETS = ['package.json', 'templates', 'registry/migrations', 'api/pages/assets'];

const root = join(__dirname, '..');
for (const asset of ASSETS)
  cpSync(join(root, asset), join(root, 'dist', asset), {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'),
  });

// package.json names this file as a command, so it must be executable, and the compiler does not make it so.
chmodSync(join(root, 'dist/cli/main.js'), 0o755);
