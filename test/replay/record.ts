import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HISTORIES, isReleased, SUMS, sums, version } from './frozen';

/** Records the histories of the release this working copy becomes, in place of earlier recordings of it. Those of a released version stay. */
function main(): number {
  const release = version();
  if (isReleased(release)) {
    process.stderr.write(
      `${release} is released: its histories stay as they are. Raise the version in package.json first.\n`,
    );
    return 1;
  }
  rmSync(path.join(HISTORIES, release), { recursive: true, force: true });
  const env = { ...process.env, RECORD_HISTORIES: '1' };
  const { status } = spawnSync('npm', ['test', '--', 'test/e2e/operators-view'], { env, stdio: 'inherit' });
  if (status === 0) writeFileSync(SUMS, sums());
  return status ?? 1;
}

process.exitCode = main();
