import { spawnSync } from 'node:child_process';
import { scripts } from '../../package.json';

/** The programs of the commands `npm run bench:…`. Their bootstrap is left out, because it may install dependencies. */
const BENCHES = Object.entries(scripts)
  .filter(([name]) => name.startsWith('bench:'))
  .map(([name, command]) => [name, command.split(' ').at(-1)!] as const);

/** Runs a program. One that begins to measure fails at once, because it finds no servers. */
function run(program: string, option: string) {
  const env = { ...process.env, STACK_ENDPOINTS: '/nonexistent/endpoints.json' };
  return spawnSync(process.execPath, ['--import', 'tsx', program, option], { env, encoding: 'utf8' });
}

test.each(BENCHES)(
  'npm run %s prints its help, and refuses an option that it does not know, without measuring',
  (name, program) => {
    const help = run(program, '--help');
    expect(help.stdout).toContain(`Usage: ${name}`);
    expect(help.status).toBe(0);
    const refusal = run(program, '--no-such-option');
    expect(refusal.stderr).toContain("unknown option '--no-such-option'");
    expect(refusal.status).toBe(1);
  },
);
