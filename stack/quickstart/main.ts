import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../errors';
import { FRESH } from '../everything';
import { quickstart } from './quickstart';

// It is told at `npm install` already, and would be printed into the report.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

new Command('quickstart')
  .description(
    'Brings up every server, the API and a worker, provisions five tenants on them, shows what came of it, and stays until Ctrl-C.',
  )
  .option('--exit', 'end after the demonstration; status 0 only if every outcome was the expected one', false)
  .option('--fresh', FRESH, false)
  .option('--with <server>', 'kubernetes: builds a control plane if there is none (minutes, once)', kubernetesOnly)
  .option('--dir <folder>', 'state: data, logs, passwords, endpoints.json', '.local')
  .action(async (options: { exit: boolean; fresh: boolean; with?: 'kubernetes'; dir: string }) => {
    process.exitCode = await quickstart({ ...options, buildKubernetes: options.with === 'kubernetes' });
  })
  .parseAsync()
  .then(
    () => process.exit(),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(1);
    },
  );

function kubernetesOnly(text: string): 'kubernetes' {
  if (text === 'kubernetes') return text;
  throw new InvalidArgumentError('Only kubernetes can be asked for in addition; the others are always there.');
}
