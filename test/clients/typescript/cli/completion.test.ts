import { execFileSync } from 'node:child_process';
import { tenants } from './tenants';

test('bash completes commands, subcommands and options', async () => {
  const { stdout } = await tenants(['completion', 'bash']);
  const complete = (...words: string[]): string[] => {
    const script = `${stdout}\nCOMP_WORDS=(tenants ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}; _tenants; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
  };
  expect(complete('re')).toEqual(['reject', 'resolve', 'resume']);
  expect(complete('resolve', 'a')).toEqual(['amend', 'accept']);
  expect(complete('resolve', 'amend', 'op_1', '--pa')).toEqual(['--patch']);
  expect(complete('list', 'tenants', '--st')).toEqual(['--status', '--state']);
});

test.each(['zsh', 'fish'])('there is a completion for %s', async (shell) => {
  const { status, stdout } = await tenants(['completion', shell]);
  expect(status).toBe(0);
  expect(stdout).toContain('deprovision');
});

test('every command shows an example in its help', async () => {
  const { stdout } = await tenants(['completion', 'bash']);
  const names = [...stdout.matchAll(/^ {4}'([\w ]+)'\) words=/gm)].map((match) => match[1]!.split(' '));
  expect(names.length).toBeGreaterThan(20);
  for (const name of names.filter(([first]) => first !== 'resolve' && first !== 'webhooks')) {
    const { status, stdout: help } = await tenants([...name, '--help']);
    expect({
      name,
      status,
      hasExample:
        help.includes(`$ tenants ${name.join(' ')}`) || help.includes('| tenants') || help.includes('(tenants'),
    }).toEqual({ name, status: 0, hasExample: true });
  }
}, 120_000);
