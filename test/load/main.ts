import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../stack/errors';
import { eventLine } from '../../stack/event-line';
import { NEEDED, explainFailure } from '../../stack/everything';
import { stopOnSignals } from '../../stack/processes/signals';
import { startStack } from '../../stack/stack';
import { writeJson } from '../../stack/processes/state';
import type { ServerName } from '../../stack/types';
import { reportText } from './report/report';
import { runLoad } from './run';
import { templatesWithAttempts } from './templates';

interface Options {
  orders: number;
  within: number;
  seed: number;
  attempts?: number;
  report?: string;
  env: Record<string, string>;
}

/** Starts servers, loads a product on them, reports, and stops everything again. Resolves with the exit status. */
async function main({ orders, within, seed, attempts, report: reportFile, env }: Options): Promise<number> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  mkdirSync(path.resolve('.local'), { recursive: true });
  const dir = mkdtempSync(path.resolve('.local/load-'));
  // Enterprise tenants are ordered only where a cluster is given: figures with and without them are not comparable.
  const given: ServerName[] = process.env.STACK_KUBECONFIG === undefined ? [] : ['kubernetes'];
  const stack = await startStack({ dir, servers: [...NEEDED, ...given], onEvent: (event) => say(eventLine(event)) });
  const stops: (() => void | Promise<void>)[] = [];
  const inTheEnd = (stop: (typeof stops)[number]): void => void stops.push(stop);
  inTheEnd(() => rmSync(dir, { recursive: true, force: true }));
  inTheEnd(stack.stop.bind(stack));
  const clean = async (): Promise<void> => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  };
  stopOnSignals({ stop: () => clean().then(() => process.exit(130)), kill: () => {} });
  try {
    await stack.settled();
    for (const server of NEEDED)
      await stack.ready(server).catch((error: unknown) => fail(explainFailure(stack, error)));
    process.env.STACK_ENDPOINTS = path.join(dir, 'endpoints.json');
    writeJson(process.env.STACK_ENDPOINTS, stack.endpoints);
    const more = attempts === undefined ? {} : { TEMPLATES_DIR: templatesWithAttempts(dir, attempts) };
    const overrides = { ...BOUNDS, ...more, ...env };
    const command = `npm run test:load -- --orders ${orders} --within ${within} --seed ${seed}${attempts === undefined ? '' : ` --attempts ${attempts}`}`;
    const report = await runLoad({ orders, within, seed, overrides, command, say, inTheEnd });
    say(`\n${reportText(report)}\n`);
    if (reportFile !== undefined) writeFileSync(reportFile, `${JSON.stringify(report, undefined, 2)}\n`);
    const failed = report.checks.filter(({ passed }) => !passed).length;
    say(`${report.checks.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    await clean();
  }
}

/** The same limits as in the image. */
const BOUNDS = { NODE_OPTIONS: '--max-old-space-size=224 --max-semi-space-size=4', MALLOC_ARENA_MAX: '2' };

function fail(why: string): never {
  throw new Error(why);
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Must be a whole number above 0.');
}

function variable(text: string, before: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Must be NAME=value.');
  return { ...before, [name]: value };
}

new Command('test:load')
  .description(
    'The whole product under load, with providers that fail at random: nothing lost, overbooked, stuck or left behind.',
  )
  .option('--orders <number>', 'how many tenants are ordered', positive, 500)
  .option('--within <seconds>', 'in which all of them are to be accepted', positive, 60)
  .option('--seed <number>', 'which orders and which calls fail', positive, 1)
  .option('--attempts <number>', 'how often a step is tried, in place of what the templates say', positive)
  .option('--report <file>', 'writes all figures there, as JSON')
  .option('--env <NAME=value>', 'a variable for API and worker, to compare settings; may be given again', variable, {})
  .action((options: Options) => main(options).then((code) => process.exit(code)))
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  });
