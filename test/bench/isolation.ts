import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../stack/errors';
import { stopOnSignals } from '../../stack/processes/signals';
import { startClusters } from '../providers/postgres/clusters';
import { circumstances } from '../load/report/report';
import { CONCURRENCY, measureModel, MODELS, type IsolationReport } from './isolation-figures';

const REPORT = join(__dirname, '../../docs/figures/isolation.json');

interface Options {
  most: number;
  report?: string;
}

/** Makes tenants of each isolation model on real servers, measures and judges. Resolves with the exit status. */
async function main({ most, report: reportFile }: Options): Promise<number> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const began = Date.now();
  const clusters = await startClusters(undefined);
  const stopping = stopOnSignals({ stop: clusters.stop, kill: () => {} });
  try {
    const models = [];
    for (const model of MODELS) {
      const sizes = model.sizes.filter((size) => size <= most);
      models.push(await measureModel(clusters, { ...model, sizes }, say));
    }
    const command = `npm run bench:isolation${most === Infinity ? '' : ` -- --most ${most}`}`;
    const report: IsolationReport = { ...circumstances(), command, concurrency: CONCURRENCY, models };
    if (reportFile !== undefined) writeFileSync(reportFile, `${JSON.stringify(report, undefined, 2)}\n`);
    const slower = models.filter(({ limit, ...model }) => Math.max(model.slowdown, model.verificationSlowdown) > limit);
    for (const { isolation, limit } of slower) say(`NOT OK: ${isolation} has become slower by more than ${limit}`);
    say(
      `${models.length - slower.length} passed, ${slower.length} failed, in ${Math.round((Date.now() - began) / 1000)} s`,
    );
    return slower.length === 0 ? 0 : 1;
  } catch (error) {
    if (!stopping.asked) throw error;
    await stopping.ended;
    return 130;
  } finally {
    await clusters.stop();
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Must be a whole number above 0.');
}

new Command('bench:isolation')
  .description('How long a tenant takes and how many bytes it costs in each isolation model, at how many tenants.')
  .option('--most <number>', 'leave out the sizes above', positive, Infinity)
  .option('--keep', `keeps the figures in docs/figures/isolation.json`)
  .option('--report <file>', 'writes the figures there, as JSON')
  .action(({ keep, ...options }: Options & { keep?: boolean }) =>
    main({ ...options, ...(keep === true ? { report: REPORT } : {}) }).then((code) => process.exit(code)),
  )
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  });
