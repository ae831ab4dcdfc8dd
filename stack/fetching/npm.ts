import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../processes/tool';
import type { FetchOptions } from './sources';

/** Installs npm packages (`name@1.2.3`) with their dependencies in `into/node_modules`. `scripts`: whether install scripts may run. */
export async function npmInstall(
  packages: string[],
  { into, onProgress, signal, scripts = false }: FetchOptions & { scripts?: boolean },
): Promise<void> {
  await writeFile(join(into, 'package.json'), '{"private":true}\n');
  onProgress?.(`npm installs ${packages.join(' ')}`);
  const flags = [
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--omit=dev',
    ...(scripts ? [] : ['--ignore-scripts']),
  ];
  await runTool('npm', ['install', ...flags, ...packages], { cwd: into, signal });
}
