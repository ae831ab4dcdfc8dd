import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { createApiToken } from '../../registry/credentials/api-tokens';
import { commitEvents, testEvent } from '../helpers/events/events';
import { wholeNumber } from './options';
import { messageOf } from '../../stack/errors';
import { eventually } from '../stack/eventually';
import { onBenchApi, type BenchApi } from './bench-api';

const CALLERS = 10;
const PAUSE_MS = 100;

interface Sizes {
  streams: number;
  events: number;
}

/** Streams that are open at the same time, the memory that they cost the API, and how long an event takes from its commit to every client. */
async function measure({ url, pid, registry }: BenchApi, { streams, events }: Sizes): Promise<void> {
  const expiresAt = new Date(Date.now() + 3_600_000);
  const tokens = await Promise.all(
    Array.from({ length: CALLERS }, (_, n) =>
      createApiToken(registry.pool, { name: `bench-${n}`, roles: ['tenants:read'], expiresAt }),
    ),
  );
  await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${tokens[0]!.token}` } });
  const committed: number[] = [];
  const delays: number[] = [];
  const agent = new Agent({ keepAlive: false, maxSockets: Infinity });
  const before = memoryOf(pid);
  let open = 0;
  for (let n = 0; n < streams; n++)
    follow(agent, `${url}/v1/events`, tokens[n % CALLERS]!.token, {
      onOpen: () => open++,
      onEvent: (answers) => delays.push(performance.now() - committed[answers]!),
    });
  await eventually(() => open === streams, 60_000);
  const idle = memoryOf(pid);
  for (let n = 0; n < events; n++) {
    await commitEvents(registry.pool, testEvent(n));
    committed[n] = performance.now();
    await sleep(PAUSE_MS);
  }
  await eventually(() => delays.length === streams * events, 60_000);
  const busy = memoryOf(pid);
  agent.destroy();
  delays.sort((a, b) => a - b);
  const at = (share: number): string => `${delays[Math.floor(share * (delays.length - 1))]!.toFixed(1)} ms`;
  line('open streams', String(open));
  line('memory of the API before', `${before} MiB`);
  line('with the streams open', `${idle} MiB (+${idle - before})`);
  line(`after ${events} events to each`, `${busy} MiB (+${busy - before})`);
  line('events delivered', `${delays.length} of ${streams * events}`);
  line('from commit to client', `p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`);
}

function line(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(34)}${value}\n`);
}

/** Resident memory of a process in MiB. */
function memoryOf(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}

interface Follower {
  onOpen(): void;
  onEvent(answers: number): void;
}

function follow(agent: Agent, url: string, token: string, { onOpen, onEvent }: Follower): void {
  get(url, { agent, headers: { accept: 'text/event-stream', authorization: `Bearer ${token}` } }, (response) => {
    if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
    onOpen();
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop()!;
      for (const each of lines)
        // Parsed cheaply: this process has all the clients, and what it takes counts as delay.
        if (each.startsWith('data: ')) onEvent(Number(/"answers":(\d+)/.exec(each)![1]));
    });
    response.on('error', () => {});
  }).on('error', () => {});
}

new Command('bench:streams')
  .description('The memory and the latency of many event streams.')
  .option('--streams <number>', 'open streams', wholeNumber, 500)
  .option('--events <number>', 'events that each of them gets', wholeNumber, 200)
  .action((sizes: Sizes) =>
    onBenchApi(
      () => Promise.resolve(),
      (api) => measure(api, sizes),
    ),
  )
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
