import type { Command } from 'commander';
import { UsageError } from '../exit';
import { examples } from '../examples';

const SHELLS: Record<string, (words: Map<string, string[]>) => string> = { bash, zsh, fish };

/** `completion`. */
export function addCompletion(program: Command): void {
  program
    .command('completion <shell>')
    .description('print the completion script for bash, zsh or fish')
    .addHelpText('after', examples('source <(tenants completion bash)', 'tenants completion fish | source'))
    .action((shell: string) => {
      const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
      if (!script) throw new UsageError(`There is no completion for ${shell}: bash, zsh or fish.`);
      process.stdout.write(script(wordsOf(program)));
    });
}

/** What can follow each command: the commands and options below it, by its name. */
function wordsOf(command: Command, name = '', inherited: readonly string[] = []): Map<string, string[]> {
  const options = [...inherited, ...command.options.flatMap(({ long }) => long ?? [])];
  const names = command.commands.map((each) => each.name());
  const below = command.commands.flatMap((each) => [...wordsOf(each, `${name} ${each.name()}`.trim(), options)]);
  return new Map([[name, [...names, ...options, '--help']], ...below]);
}

function bash(words: Map<string, string[]>): string {
  const cases = [...words].map(([name, next]) => `    '${name}') words='${next.join(' ')}' ;;`);
  return `_tenants() {
  local path='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) case "\${path:+$path }$word" in ${patternsOf(words)}) path="\${path:+$path }$word" ;; esac ;; esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _tenants tenants
`;
}

/** zsh runs the function for bash. */
function zsh(words: Map<string, string[]>): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}`;
}

function fish(words: Map<string, string[]>): string {
  const lines = [...words].flatMap(([name, next]) => {
    const seen =
      name === ''
        ? '__fish_use_subcommand'
        : name
            .split(' ')
            .map((part) => `__fish_seen_subcommand_from ${part}`)
            .join('; and ');
    return next.map((word) =>
      word.startsWith('--')
        ? `complete -c tenants -n '${seen}' -l ${word.slice(2)}`
        : `complete -c tenants -n '${seen}' -a ${word}`,
    );
  });
  return `${lines.join('\n')}\n`;
}

function patternsOf(words: Map<string, string[]>): string {
  return [...words.keys()]
    .filter((name) => name !== '')
    .map((name) => `'${name}'`)
    .join('|');
}
