import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../errors';
import { FRESH } from '../everything';
import { quickstart } from './quickstart';

// npm install already shows this warning; here it would be printed into the middle of the report.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

new Command('quickstart')
  .description(
    'Brings up all servers, the API and a worker, provisions five tenants, shows the results, and keeps running until Ctrl-C.',
  )
  .option('--exit', 'exit after the demonstration; status 0 only if every result was as expected', false)
  .option('--fresh', FRESH, false)
  .option('--with <server>', 'kubernetes: build a control plane if there is none (takes minutes, once)', kubernetesOnly)
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
  throw new InvalidArgumentError('Only kubernetes can be added; all other servers are always started.');
}
