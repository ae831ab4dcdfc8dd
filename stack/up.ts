import { relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from './errors';
import { eventLine } from './event-line';
import { beginEverything, FRESH, waitForOtherServers, stateLine, explainFailure, type Everything } from './everything';
import { stopOnSignals } from './processes/signals';
import { signInLines } from './staff';

/** Brings up the servers, the API and the worker without a demonstration, and stays until Ctrl-C. */
async function up({ dir, fresh, with: extra }: { dir: string; fresh: boolean; with: string[] }): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  say(stateLine(dir, fresh));
  const everything = await beginEverything({
    dir,
    fresh,
    buildKubernetes: extra.includes('kubernetes'),
    withEdge: extra.includes('edge'),
    onEvent: (event) => say(eventLine(event)),
  });
  const stopping = stopOnSignals(everything);
  try {
    const product = await everything.starting.product;
    await product.working();
    say(addresses(everything));
  } catch (error) {
    if (!stopping.asked) await waitForOtherServers(everything.stack);
    await everything.stop();
    // A Ctrl-C during the start makes the start fail too, which is not an error to report.
    if (!stopping.asked) throw new Error(explainFailure(everything.stack, error), { cause: error });
  }
  await stopping.ended;
}

function addresses({ starting, stack, endpointsFile }: Everything): string {
  const { temporal, keycloak, mail, edge } = stack.endpoints;
  return [
    '',
    `Console             ${starting.url}/console/`,
    ...signInLines(keycloak?.staff).map(([label, text]) => `${label.padEnd(20)}${text}`),
    `API                 ${starting.url}/docs`,
    `Temporal Web UI     ${temporal?.ui}`,
    `Keycloak            ${keycloak?.url}/admin (user ${keycloak?.adminUser})`,
    `mail                ${mail?.ui}`,
    ...(edge?.running ? [`edge                ${edge.running.address}, names ${edge.running.nameServerAdmin}`] : []),
    `metrics             ${starting.url}/metrics, ${starting.workerMetrics}`,
    `tokens, passwords   ${relative('', endpointsFile)}`,
    '',
    'Ctrl-C stops everything; a second Ctrl-C kills all processes at once.',
  ].join('\n');
}

new Command('up')
  .description('Runs all servers, the API and a worker in the foreground until Ctrl-C.')
  .option('--dir <folder>', 'state: data, logs, passwords, endpoints.json', '.local')
  .option('--fresh', FRESH, false)
  .option(
    '--with <servers>',
    'kubernetes: build a control plane if there is none (takes minutes, once); edge: serve tenants’ own domains, with certificates',
    further,
    [],
  )
  .action(up)
  .parseAsync()
  .then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(1);
    },
  );

function further(text: string): string[] {
  const names = text.split(',');
  if (names.every((name) => ['kubernetes', 'edge'].includes(name))) return names;
  throw new InvalidArgumentError('Only kubernetes and edge can be added; all other servers are always started.');
}
