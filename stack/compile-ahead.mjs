import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { constants, homedir, setPriority, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * The longest part of a first start is compiling the object store, and it needs nothing of what npm installs: Go begins meanwhile and keeps
 * what it has compiled. Whether this goes well does not matter, the stack does it again and says so when it cannot. Does nothing where the program is
 * there already. The returned function ends it.
 */
export function compileAhead() {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tenant-provisioner');
  const isThere = (dir, begin) => existsSync(dir) && readdirSync(dir).some((name) => name.startsWith(begin));
  if (process.env.STACK_ENDPOINTS || isThere(cache, 'versitygw-')) return () => {};
  if ((process.env.PATH ?? '').split(delimiter).some((dir) => existsSync(join(dir, 'versitygw')))) return () => {};
  const source = JSON.parse(readFileSync(join('stack', 'versitygw.json'), 'utf8'));
  const into = mkdtempSync(join(tmpdir(), 'tenant-provisioner-'));
  // The flags are those of stack/fetch.ts: other ones would compile other code.
  const flags = ['-trimpath', '-ldflags=-s -w', `${source.package}@v${source.version}`];
  const env = { ...process.env, GOBIN: into, CGO_ENABLED: '0' };
  // A group of its own, so that its compilers end with it.
  const child = spawn('go', ['install', ...flags], { env, stdio: 'ignore', detached: true });
  child.once('error', () => {});
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already, or there is no Go here.
    }
    rmSync(into, { recursive: true, force: true });
  };
  return end;
}
