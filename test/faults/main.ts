import { writeFileSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../stack/errors';
import { stopOnSignals } from '../../stack/processes/signals';
import { RELIABILITY_FILE } from '../../scripts/reliability-tables';
import { summaryOf } from './report';
import { runFaults } from './run';
import { createTeardown } from './system';

interface Options {
  minutes?: number;
  seed: number;
  report?: string;
  writeDocs?: boolean;
  only?: RegExp;
  control: boolean;
}

/** Brings everything up, runs the plan, prints the verdicts. 0 only if every invariant held. */
async function main({ report: file, writeDocs, ...options }: Options): Promise<number> {
  const teardown = createTeardown();
  const stopping = stopOnSignals({ stop: () => teardown.run(), kill: () => undefined });
  try {
    const report = await Promise.race([runFaults({ ...options, teardown, say }), stopping.ended]);
    if (report === undefined) return 130;
    for (const target of [file, writeDocs === true ? RELIABILITY_FILE : undefined])
      if (target !== undefined) writeFileSync(target, `${JSON.stringify(report, null, 2)}\n`);
    const { text, passed, failed } = summaryOf(report);
    process.stdout.write(`${text}\n${passed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (stopping.asked) return 130;
    throw error;
  } finally {
    await teardown.run();
  }
}

const began = Date.now();

/** Progress goes to stderr, so that stdout has only the result. */
function say(text: string): void {
  const seconds = String(Math.round((Date.now() - began) / 1000)).padStart(4);
  process.stderr.write(`${seconds} s  ${text}\n`);
}

function numberFrom(low: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < low) throw new InvalidArgumentError(`Expected a number from ${low}.`);
    return value;
  };
}

new Command('npm run test:faults --')
  .description(
    'Runs the product on real servers with a hand at every line, breaks what can break, and checks what must hold.\n' +
      'Without --minutes everything there is, which takes most of an hour on two cores.',
  )
  .option(
    '--minutes <M>',
    'a sample that takes about so long; from 15 it has at least one of every kind',
    numberFrom(0),
  )
  .option('--seed <S>', 'repeats the run of this seed', numberFrom(0), randomInt(1, 2 ** 31))
  .option('--report <file>', 'writes the result as JSON')
  .option('--write-docs', 'keeps the result for docs/reliability.md; npm run docs then brings it up to date')
  .option('--only <pattern>', 'only scenarios whose name or kind matches', (text) => new RegExp(text, 'i'))
  .option('--no-control', 'without the control arm; the run then counts as failed')
  .action(async (options: Options) => {
    process.exitCode = await main(options);
  })
  .parseAsync()
  .then(
    () => process.exit(),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(1);
    },
  );
