import { tenants } from '../clients/typescript/cli/tenants';
import { DOCUMENTS } from './documents';

/** Calls of the command line in the documents: the command, with its subcommand, and its options. */
const CALLS = DOCUMENTS.flatMap(({ file, text }) =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    [...block.matchAll(/(?:^|\(|\| |=\S+ )tenants ((?:resolve |webhooks )?[a-z]+)((?: [^)|\n]*)?)/gm)].map(
      ([, command = '', rest = '']) => ({
        file,
        command,
        options: [...rest.matchAll(/ (--[a-z-]+)/g)].map((match) => match[1]!),
      }),
    ),
  ),
);

test('every call of tenants in the documents has a command and options that exist', async () => {
  expect(CALLS.length).toBeGreaterThan(25);
  const globals = ['--json', '--utc', '--server', '--token'];
  const helps = new Map<string, string>();
  for (const { file, command, options } of CALLS) {
    const help = helps.get(command) ?? (await tenants([...command.split(' '), '--help'])).stdout;
    helps.set(command, help);
    const known = [...globals, ...[...help.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1])];
    const isCommand = help.startsWith(`Usage: tenants ${command} `);
    expect({ file, command, isCommand, unknown: options.filter((option) => !known.includes(option)) }).toEqual({
      file,
      command,
      isCommand: true,
      unknown: [],
    });
  }
});
