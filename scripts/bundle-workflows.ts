import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { bundleWorkflows, tracedBundle } from '../workflow-bundle';

const OUTPUT = join(__dirname, '..', 'dist', 'workflow-bundle.js');

/**
 * Bundles the workflows at build time, without tracing and with it, so that a worker with WORKFLOW_BUNDLE set to the first file starts
 * without webpack. The worker itself refuses a bundle made by another SDK version.
 */
async function main(): Promise<void> {
  mkdirSync(dirname(OUTPUT), { recursive: true });
  for (const traced of [false, true]) {
    const { code } = await bundleWorkflows(new DefaultLogger('WARN'), { traced });
    const file = traced ? tracedBundle(OUTPUT) : OUTPUT;
    writeFileSync(file, code);
    process.stdout.write(`${file}: ${Math.round(code.length / 1024)} KiB\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
