import { relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from './errors';
import { eventLine } from './event-line';
import { beginEverything, FRESH, lookFurther, stateLine, whyNot, type Everything } from './everything';
import { stopOnSignals } from './signals';

/** Everything, without a demonstration: brings up the servers, the API and the worker, and stays until Ctrl-C. */
async function up({ dir, fresh, with: extra }: { dir: string; fresh: boolean; with?: 'kubernetes' }): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(stateLine(dir, fresh));
  const everything = await beginEverything({
    dir,
    fresh,
    buildKubernetes: extra === 'kubernetes',
    onEvent: (event) => say(eventLine(event)),
  });
  const stopping = stopOnSignals(everything);
  try {
    const product = await everything.starting.product;
    await product.working();
    say(addresses(everything));
  } catch (error) {
    if (!stopping.asked) await lookFurther(everything.stack);
    await everything.stop();
    // A Ctrl-C while the servers come up ends their start too, and that is no failure.
    if (!stopping.asked) throw new Error(whyNot(everything.stack, error), { cause: error });
  }
  await stopping.ended;
}

function addresses({ starting, stack, endpointsFile }: Everything): string {
  const { temporal, keycloak, mail } = stack.endpoints;
  return [
    '',
    `API                 ${starting.url}/docs`,
    `Temporal Web UI     ${temporal?.ui}`,
    `Keycloak            ${keycloak?.url}/admin (user ${keycloak?.adminUser})`,
    `mail                ${mail?.ui}`,
    `tokens, passwords   ${relative('', endpointsFile)}`,
    '',
    'Ctrl-C stops everything; a second one kills.',
  ].join('\n');
}

new Command('up')
  .description('All servers, the API and a worker, in the foreground until Ctrl-C.')
  .option('--dir <folder>', 'state: data, logs, passwords, endpoints.json', '.local')
  .option('--fresh', FRESH, false)
  .option('--with <server>', 'kubernetes: builds a control plane if there is none (minutes, once)', kubernetesOnly)
  .action(up)
  .parseAsync()
  .then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(1);
    },
  );

function kubernetesOnly(text: string): 'kubernetes' {
  if (text === 'kubernetes') return text;
  throw new InvalidArgumentError('Only kubernetes can be asked for in addition; the others are always there.');
}
