import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { messageOf } from './errors';
import { startStack } from './stack';
import { writeJson } from './state';
import type { ServerName, StackEvent } from './types';

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
    onEvent: (event) => process.stdout.write(`${line(event)}\n`),
  });
  const ended = stopOnSignals(() => stack.stop());
  const write = (): void => writeJson(join(dir, 'endpoints.json'), stack.endpoints);
  await Promise.allSettled(servers.map((server) => stack.ready(server).then(write)));
  write();
  process.stdout.write(`Addresses and credentials: ${join(dir, 'endpoints.json')}. Ctrl-C stops.\n`);
  await ended;
}

/** Resolves when the stack has been stopped by a signal. The second Ctrl-C ends this process at once, and the kernel its servers. */
function stopOnSignals(stop: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let first = 0;
    const onSignal = (): void => {
      // A runner in front of us may pass on the very Ctrl-C that the terminal has sent us already.
      if (first > 0 && Date.now() - first > 500) process.kill(process.pid, 'SIGKILL');
      if (first > 0) return;
      first = Date.now();
      // Keeps the process alive until everything is stopped, even if nothing else does.
      const alive = setInterval(() => undefined, 1_000);
      stop()
        .finally(() => clearInterval(alive))
        .then(resolve, reject);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    setInterval(() => undefined, 1 << 30);
  });
}

function line({ server, phase, detail, seconds, percent }: StackEvent): string {
  const paint = { ready: pc.green, unavailable: pc.red, stopped: pc.dim }[phase as string] ?? ((text: string) => text);
  const figures = [percent === undefined ? '' : `${percent} %`, seconds === undefined ? '' : `${seconds.toFixed(1)} s`];
  return [server.padEnd(11), paint(phase.padEnd(12)), ...figures, detail ?? ''].filter(Boolean).join(' ');
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
