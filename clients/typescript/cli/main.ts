import { Command, CommanderError } from 'commander';
import { ApiError } from '../src/index';
import { addCompletion } from './commands/completion';
import { addDecisions } from './commands/decisions';
import { addEvents } from './commands/events';
import { addLifecycle } from './commands/lifecycle';
import { addLists } from './commands/lists';
import { addMetrics } from './commands/metrics';
import { addOrders } from './commands/orders';
import { addPreview } from './commands/preview';
import { addWebhooks } from './commands/webhooks';
import { Interrupted } from './context';
import { EXIT, statusOf } from './exit';
import { printable } from './output/printable';

const HELP = `
The server and the token are also taken from TENANTS_SERVER and TENANTS_TOKEN, or from ~/.config/tenants.json, which only you may read:
  { "server": "https://provisioner.example.com", "token": "tp_…" }
A token on the command line can be seen by other users of the machine.

On a terminal the output is for people, otherwise it is JSON. Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused by the API,
4 the operation waits for a person, 130 interrupted.`;

const program = new Command('tenants')
  .description('Orders the tenants of a SaaS product and follows them until they are ready.')
  .option('--server <url>', 'address of the API')
  .option('--token <token>', 'API token')
  .option('--json', 'write JSON on a terminal, too')
  .option('--utc', 'show times in UTC instead of the local zone')
  .addHelpText('after', HELP)
  .exitOverride();

const commands = [
  ...[addPreview, addOrders, addLists, addDecisions, addLifecycle],
  ...[addEvents, addMetrics, addWebhooks, addCompletion],
];
for (const add of commands) add(program);

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed),
);

program.parseAsync().catch((error: unknown) => {
  process.exitCode = error instanceof Interrupted ? EXIT.interrupted : statusOf(error);
  // Views put the terminal back first; a request that is being repeated would keep the process for longer.
  if (error instanceof Interrupted) setTimeout(() => process.exit(), 100).unref();
  // commander has said already what is wrong with the call.
  if (error instanceof Interrupted || error instanceof CommanderError) return;
  process.stderr.write(`${messageOf(error)}\n`);
});

function messageOf(error: unknown): string {
  if (!(error instanceof ApiError)) return printable(error instanceof Error ? error.message : String(error));
  const { title, detail, errors, requestId } = error;
  const fields = errors.map((each) => `  ${each.pointer}: ${each.detail}`);
  const id = requestId === undefined ? [] : [`  request ${requestId}`];
  return [`${title}.${detail === undefined ? '' : ` ${detail}`}`, ...fields, ...id].map(printable).join('\n');
}
