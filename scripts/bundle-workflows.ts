import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { bundleWorkflows } from '../workflow-bundle';

const OUTPUT = join(__dirname, '..', 'dist', 'workflow-bundle.js');

/**
 * Bundles the workflows once, at build time, so that a worker starts without webpack: set WORKFLOW_BUNDLE to the file. The worker refuses
 * a bundle of another SDK version by itself.
 */
async function main(): Promise<void> {
  const { code } = await bundleWorkflows(new DefaultLogger('WARN'));
  mkdirSync(dirname(OUTPUT), { recursive: true });
  writeFileSync(OUTPUT, code);
  process.stdout.write(`${OUTPUT}: ${Math.round(code.length / 1024)} KiB\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
