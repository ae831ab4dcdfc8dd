import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Seconds that the console's build may add to a first start. */
const BUDGET = 15;

/** Builds the console into the folder that is the argument, and prints the seconds of computing that this took. */
const BUILD = `
  import { build } from 'vite';
  const [, outDir] = process.argv;
  await build({ configFile: 'console/vite.config.mts', logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const { user, system } = process.cpuUsage();
  process.stdout.write(String((user + system) / 1_000_000));`;

// Computing time: the time on the clock says as much about what else the machine does.
test('the console’s build takes less than 15 seconds of computing, which bounds what it adds to a first start', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'console-'));
  try {
    const args = ['--input-type=module', '-e', BUILD, folder];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: path.resolve(__dirname, '../..') });
    const seconds = Number(stdout.split('\n').at(-1));
    process.stdout.write(`build of the console: ${seconds.toFixed(1)} s of computing\n`);
    expect(existsSync(path.join(folder, 'index.html'))).toBe(true);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(BUDGET);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 300_000);
