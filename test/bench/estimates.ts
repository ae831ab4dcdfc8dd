import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { MOST_SAMPLES } from '../../contract/estimates/remaining';
import { messageOf } from '../../stack/errors';
import { record } from './estimates/record';
import { figuresOf, figuresText, holds } from './estimates/figures';
import { readRecording, writeRecording } from './estimates/recording';
import { replay } from './estimates/replay';
import { wholeNumber } from './options';

interface Options {
  record?: boolean;
  runs: number;
  seed: number;
  most: number;
  json?: string;
}

/** Replays the recorded runs and judges their estimates. Resolves with the exit status. */
async function main({ record: newly, runs, seed, most, json }: Options): Promise<number> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  if (newly) writeRecording(await record(runs, seed, say));
  const recording = readRecording();
  const figures = figuresOf(recording, { judged: replay(recording.runs, most), most });
  figuresText(figures).forEach(say);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures, undefined, 2)}\n`);
  return figures.thirds.every(holds) ? 0 : 1;
}

new Command('bench:estimates')
  .description('How often the estimates of recorded runs were right.')
  .option('--record', 'records new runs first, on servers of its own')
  .option('--runs <number>', 'how many runs to record', wholeNumber, 400)
  .option('--seed <number>', 'which orders, and which calls are slow', wholeNumber, 1)
  .option('--most <number>', 'how many earlier runs count, to compare', wholeNumber, MOST_SAMPLES)
  .option('--json <file>', 'writes the figures there')
  .action((options: Options) => main(options).then((code) => process.exit(code)))
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  });
