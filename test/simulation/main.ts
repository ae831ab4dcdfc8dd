import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { cpus } from 'node:os';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../stack/errors';
import { startStack } from '../../stack/stack';
import type { Endpoints } from '../../stack/types';
import { workflowBundle } from '../helpers/temporal/workflow-bundle';
import { INVARIANTS, type InvariantId } from './violations/check';
import type { Result, Task } from './process';

interface Options {
  runs: number;
  seed?: number;
  processes: number;
  bail: boolean;
}

/** Number of stories told in full; the others are reported by seed only. */
const STORIES = 5;

/** Simulates runs of consecutive seeds in parallel; 0 only if every invariant held. */
async function main({ runs, seed, processes, bail }: Options): Promise<number> {
  const from = seed ?? randomInt(2 ** 31);
  const server = await postgres();
  const children: ChildProcess[] = [];
  try {
    const { code } = await workflowBundle();
    const results: Result[] = [];
    const began = Date.now();
    let stop = false;
    const one = (index: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const child = fork(path.join(__dirname, 'process.ts'), [], { execArgv: ['--import', 'tsx', '--no-warnings'] });
        children.push(child);
        child.on('message', (message) => {
          const result = message as Result;
          results.push(result);
          if (runs > 100 && results.length % 100 === 0) progress(results.length, began);
          if (result.violated.length === 0) return;
          process.stderr.write(`seed ${result.seed} violates ${result.violated.join(', ')}\n`);
          if (!bail || stop) return;
          stop = true;
          for (const other of children) if (other !== child) other.kill();
        });
        child.once('exit', (status) =>
          status === 0 || stop ? resolve() : reject(new Error('A simulating process has died.')),
        );
        const task: Task = {
          server: server.url,
          bundle: code,
          from: from + index,
          to: from + runs,
          step: processes,
          bail,
          tell: runs === 1,
        };
        child.send(task);
      });
    await Promise.all(Array.from({ length: Math.min(processes, runs) }, (_, index) => one(index)));
    return report(results, runs, from, (Date.now() - began) / 1000);
  } finally {
    for (const child of children) child.kill();
    await server.stop();
  }
}

function progress(done: number, began: number): void {
  const seconds = (Date.now() - began) / 1000;
  process.stderr.write(`${done} runs, ${(done / seconds).toFixed(1)} a second\n`);
}

function report(results: Result[], runs: number, from: number, seconds: number): number {
  const wrong = results.filter(({ violated }) => violated.length > 0).sort((a, b) => a.seed - b.seed);
  for (const { story } of results.length === 1 ? results : wrong.slice(0, STORIES))
    process.stdout.write(`${story}\n\n`);
  for (const id of Object.keys(INVARIANTS) as InvariantId[]) {
    const seeds = wrong.filter(({ violated }) => violated.includes(id)).map(({ seed }) => seed);
    if (seeds.length > 0)
      process.stdout.write(
        `${id} violated ${seeds.length} times, with the seeds ${seeds.slice(0, 10).join(', ')}${seeds.length > 10 ? ' …' : ''}\n`,
      );
  }
  const counted = (items: string[]): string =>
    [...items.reduce((map, item) => map.set(item, (map.get(item) ?? 0) + 1), new Map<string, number>())]
      .sort(([, a], [, b]) => b - a)
      .map(([item, count]) => `${count} ${item}`)
      .join(', ');
  process.stdout.write(
    `Seeds ${from} to ${from + runs - 1}, ${(results.length / seconds).toFixed(1)} runs a second.\n`,
  );
  process.stdout.write(`How they ended: ${counted(results.map(({ status }) => status))}.\n`);
  process.stdout.write(`What happened: ${counted(results.flatMap(({ fired }) => fired)) || 'nothing'}.\n`);
  const first = wrong[0];
  if (first) process.stdout.write(`Again: npm run simulate -- --seed ${first.seed} --runs 1\n`);
  process.stdout.write(`${results.length - wrong.length} passed, ${wrong.length} failed\n`);
  return wrong.length === 0 && results.length > 0 ? 0 : 1;
}

/** The PostgreSQL of the given stack endpoints, or a new one. */
async function postgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const urlOf = (endpoints: Endpoints): string => Object.values(endpoints.postgres!.regions)[0]!.url;
  const given = process.env.STACK_ENDPOINTS;
  if (given) return { url: urlOf(JSON.parse(readFileSync(given, 'utf8')) as Endpoints), stop: () => Promise.resolve() };
  mkdirSync(path.resolve('.local'), { recursive: true });
  const dir = mkdtempSync(path.resolve('.local/simulation-'));
  const stack = await startStack({ dir, servers: ['postgres'], onEvent: () => {} });
  await stack.ready('postgres');
  return {
    url: urlOf(stack.endpoints),
    stop: async () => {
      await stack.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function whole(low: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < low) throw new InvalidArgumentError(`Expected a whole number from ${low}.`);
    return value;
  };
}

new Command('npm run simulate --')
  .description(
    'Runs the workflows, the activities and the registry against simulated providers in simulated time, with faults and meddling drawn from\n' +
      'a seed, and checks what must hold. What does not is shrunk to the fewest events and told in plain words.',
  )
  .option('--runs <count>', 'how many; 1 when only a seed is given', whole(1))
  .option('--seed <number>', 'of the first run; the others follow. Random by default', whole(0))
  .option('--processes <count>', 'side by side', whole(1), Math.max(1, Math.min(cpus().length, 8)))
  .option('--bail', 'stop at the first violation', false)
  .action(async ({ runs, ...options }: Omit<Options, 'runs'> & { runs?: number }) => {
    process.exitCode = await main({ ...options, runs: runs ?? (options.seed === undefined ? 500 : 1) });
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
