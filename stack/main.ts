import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from './errors';
import { eventLine } from './event-line';
import { stopOnSignals } from './processes/signals';
import { startStack } from './stack';
import { writeJson } from './processes/state';
import type { ServerName } from './types';

const DEFAULT_SERVERS: ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail', 'scanner'];
const ALL_SERVERS: ServerName[] = [...DEFAULT_SERVERS, 'kubernetes', 'edge'];

/** Brings the servers up, writes their addresses to `<dir>/endpoints.json` as they become ready, and stays until Ctrl-C. */
async function up(options: { dir: string; servers: ServerName[]; with: ServerName[]; fresh: boolean }): Promise<void> {
  const dir = resolve(options.dir);
  const servers = [...options.servers, ...options.with];
  const stack = await startStack({
    dir,
    servers,
    fresh: options.fresh,
    buildKubernetes: options.with.includes('kubernetes'),
    onEvent: (event) => process.stdout.write(`${eventLine(event)}\n`),
  });
  const stopping = stopOnSignals({
    stop: () => stack.stop(),
    // Nothing to do: the kernel ends the servers together with this process, or else the next start does.
    kill: () => undefined,
  });
  // Keeps this process alive even if no server runs.
  const keepAlive = setInterval(() => undefined, 1 << 30);
  const write = (): void => writeJson(join(dir, 'endpoints.json'), stack.endpoints);
  await Promise.allSettled(servers.map((server) => stack.ready(server).then(write)));
  write();
  process.stdout.write(`Addresses and credentials: ${join(dir, 'endpoints.json')}. Ctrl-C stops.\n`);
  await stopping.ended.finally(() => clearInterval(keepAlive));
}

function serverList(text: string): ServerName[] {
  return text.split(',').map((name) => {
    if (!ALL_SERVERS.includes(name as ServerName))
      throw new InvalidArgumentError(`${name} is not one of ${ALL_SERVERS.join(', ')}.`);
    return name as ServerName;
  });
}

const program = new Command('stack').description(
  'Brings up the servers that the tenant provisioner works with, without Docker.',
);
program
  .command('up', { isDefault: true })
  .description('bring the servers up and keep them up until Ctrl-C')
  .option('--dir <folder>', 'state: data, logs, passwords, endpoints.json', '.local/stack')
  .option('--servers <names>', `comma-separated list of ${ALL_SERVERS.join(', ')}`, serverList, DEFAULT_SERVERS)
  .option('--with <names>', 'further servers; kubernetes is built if necessary', serverList, [])
  .option('--fresh', 'delete the data of earlier runs first', false)
  .action(up);

program.parseAsync().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);
