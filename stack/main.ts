import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from './errors';
import { eventLine } from './event-line';
import { stopOnSignals } from './signals';
import { startStack } from './stack';
import { writeJson } from './state';
import type { ServerName } from './types';

const USUAL: ServerName[] = ['postgres', 'temporal', 's3', 'keycloak', 'stripe', 'mail', 'scanner'];
const ALL: ServerName[] = [...USUAL, 'kubernetes'];

/** `up`: brings the servers up, writes their addresses to `<dir>/endpoints.json` as they become ready, stays until Ctrl-C. */
async function up(o: { dir: string; servers: ServerName[]; with: ServerName[]; fresh: boolean }): Promise<void> {
  const dir = resolve(o.dir);
  const servers = [...o.servers, ...o.with];
  const stack = await startStack({
    dir,
    servers,
    fresh: o.fresh,
    buildKubernetes: o.with.includes('kubernetes'),
    onEvent: (event) => process.stdout.write(`${eventLine(event)}\n`),
  });
  const stopping = stopOnSignals({
    stop: () => stack.stop(),
    // The kernel ends the servers with this process, or the next start does.
    kill: () => undefined,
  });
  // Keeps this process alive when no server runs.
  const alive = setInterval(() => undefined, 1 << 30);
  const write = (): void => writeJson(join(dir, 'endpoints.json'), stack.endpoints);
  await Promise.allSettled(servers.map((server) => stack.ready(server).then(write)));
  write();
  process.stdout.write(`Addresses and credentials: ${join(dir, 'endpoints.json')}. Ctrl-C stops.\n`);
  await stopping.ended.finally(() => clearInterval(alive));
}

function serverList(text: string): ServerName[] {
  return text.split(',').map((name) => {
    if (!ALL.includes(name as ServerName)) throw new InvalidArgumentError(`${name} is not one of ${ALL.join(', ')}.`);
    return name as ServerName;
  });
}

const program = new Command('stack').description('The servers the tenant provisioner works with, without Docker.');
program
  .command('up', { isDefault: true })
  .description('bring the servers up and keep them up until Ctrl-C')
  .option('--dir <folder>', 'state: data, logs, passwords, endpoints.json', '.local/stack')
  .option('--servers <names>', `comma-separated; of ${ALL.join(', ')}`, serverList, USUAL)
  .option('--with <names>', 'in addition; kubernetes may be built then', serverList, [])
  .option('--fresh', 'delete the data of earlier runs first', false)
  .action(up);

program.parseAsync().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);
