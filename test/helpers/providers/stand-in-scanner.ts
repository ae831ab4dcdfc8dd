import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dashName } from '../../../contract/ids';

/** S3Scanner, but for the buckets of tenants that it is told something else about. */
export interface StandInScanner {
  /** For S3SCANNER_BIN. */
  readonly command: string;
  /** From now on this shell script is run where the tenant's bucket is to be scanned. */
  become(tenantId: string, script: string): void;
  /** From now on the real one waits before it looks at the tenant's bucket, until {@link letGo}. */
  hold(tenantId: string): void;
  letGo(tenantId: string): void;
  /** How often it was started since it was told something about this tenant. */
  starts(tenantId: string): number;
  /** Whether one that was let go has ended. */
  hasEnded(tenantId: string): boolean;
  /** From now on it is the real one, at once. */
  standDown(tenantId: string): void;
  remove(): void;
}

/** One in front of `real`, a command. `remove()` it in the end. */
export function createStandInScanner(real: string): StandInScanner {
  const dir = mkdtempSync(join(tmpdir(), 'scanner-'));
  const command = join(dir, 'scanner');
  // The bucket's name comes last.
  const run = `'${real}' "$@"`;
  write(command, `for last; do :; done\n[ -x "${dir}/$last" ] && exec "${dir}/$last" "$@"\nexec ${run}`);
  const fileOf = (tenantId: string, what = ''): string => join(dir, `${dashName(tenantId)}${what}`);
  const standDown = (tenantId: string): void => {
    for (const what of ['', '.starts', '.go', '.ended']) rmSync(fileOf(tenantId, what), { force: true });
  };
  const become = (tenantId: string, script: string): void => {
    standDown(tenantId);
    write(fileOf(tenantId), `echo started >> '${fileOf(tenantId, '.starts')}'\n${script}`);
  };
  return {
    command,
    become,
    hold: (tenantId) => {
      const wait = `while [ ! -e '${fileOf(tenantId, '.go')}' ]; do sleep 0.1; done`;
      become(tenantId, `${wait}\n${run}\nended=$?\ntouch '${fileOf(tenantId, '.ended')}'\nexit $ended`);
    },
    letGo: (tenantId) => writeFileSync(fileOf(tenantId, '.go'), ''),
    starts: (tenantId) => {
      const file = fileOf(tenantId, '.starts');
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0;
    },
    hasEnded: (tenantId) => existsSync(fileOf(tenantId, '.ended')),
    standDown,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function write(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
