import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../stack/errors';
import { startStack } from '../../stack/stack';
import { writeJson } from '../../stack/processes/state';
import { MUTATION_FILE, type FileScore } from '../../scripts/mutation-table';
import { mutatedCopy, type Mutant } from './copy';
import { isEquivalent } from './equivalent';
import { MODULES, type MutatedModule } from './modules';
import { Trial } from './trial';

/** Required share of mutants that the fast tests notice, in per cent. */
const WANTED = 90;

const USAGE = `npm run test:mutation                       every mutant of every module
npm run test:mutation -- --only verdict     those of modules or files whose name has this word
                         --record           and keep the figures in docs/figures/mutation.json
`;

type Score = Pick<FileScore, 'noticed' | 'counted' | 'equivalent'>;

async function score({ name, files, tests }: MutatedModule): Promise<Record<string, Score>> {
  const copy = await mutatedCopy({ name, files, tests });
  try {
    const judged = copy.mutants.filter((mutant) => !isEquivalent(mutant));
    const noticed = new Set<string>();
    let tried = 0;
    for (const test of tests) {
      const trial = new Trial(copy.directory, test);
      const coverage = await trial.coverage();
      const left = judged.filter(({ id }) => !noticed.has(id)).map(({ id }) => id);
      await trial.noticed(left, coverage, (id, by) => {
        tried += 1;
        if (by !== null) noticed.add(id);
        if (tried % 10 === 0)
          process.stderr.write(`${name}: ${test}, ${tried} trials, ${noticed.size} of ${judged.length} noticed\n`);
      });
    }
    for (const mutant of judged) if (!noticed.has(mutant.id)) process.stdout.write(`not noticed: ${words(mutant)}\n`);
    return Object.fromEntries(
      files.map((file) => {
        const [all, counted] = [copy.mutants, judged].map((mutants) => mutants.filter((each) => each.file === file));
        const found = counted!.filter(({ id }) => noticed.has(id)).length;
        return [file, { noticed: found, counted: counted!.length, equivalent: all!.length - counted!.length }];
      }),
    );
  } finally {
    copy.remove();
  }
}

function words({ file, line, mutator, original, replacement }: Mutant): string {
  return `${file}:${line} ${mutator}: ${original.slice(0, 100)}  =>  ${replacement.slice(0, 100)}`;
}

function percent({ noticed, counted }: Score): string {
  return `${((100 * noticed) / Math.max(counted, 1)).toFixed(1)} %`;
}

function sum(scores: Score[]): Score {
  const of = (key: keyof Score): number => scores.reduce((total, each) => total + each[key], 0);
  return { noticed: of('noticed'), counted: of('counted'), equivalent: of('equivalent') };
}

/** Updates the figures of these files and keeps those of the others. */
function record(scores: Record<string, Score>): void {
  const before = existsSync(MUTATION_FILE) ? (JSON.parse(readFileSync(MUTATION_FILE, 'utf8')) as object) : {};
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const when = { date: new Date().toISOString().slice(0, 10), commit };
  const now = Object.entries(scores).map(([file, one]): [string, FileScore] => [file, { ...one, ...when }]);
  const all = Object.entries({ ...before, ...Object.fromEntries(now) }).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  writeFileSync(MUTATION_FILE, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}

async function main(args: string[]): Promise<number> {
  const only = args.indexOf('--only');
  const word = only === -1 ? undefined : args[only + 1];
  const known = (arg: string, index: number): boolean =>
    arg === '--record' || arg === '--only' || (only !== -1 && index === only + 1);
  if (!args.every(known) || (only !== -1 && word === undefined)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const chosen = MODULES.flatMap((module): MutatedModule[] => {
    if (word === undefined || module.name.includes(word)) return [module];
    const files = module.files.filter((file) => file.includes(word));
    return files.length > 0 ? [{ ...module, files }] : [];
  });
  const servers = await startServers();
  // On a signal, stops the work in progress and removes the copy.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void servers.stop().finally(() => process.exit(130)));
  try {
    return await tryAll(chosen, args.includes('--record'));
  } finally {
    await servers.stop();
  }
}

/** The PostgreSQL of the given stack endpoints, or a new one, passed to the tests in their environment. */
async function startServers(): Promise<{ stop(): Promise<void> }> {
  const given = process.env.STACK_ENDPOINTS;
  if (given !== undefined) {
    // The tests run in another folder.
    process.env.STACK_ENDPOINTS = path.resolve(given);
    return { stop: () => Promise.resolve() };
  }
  mkdirSync(path.resolve('.local'), { recursive: true });
  const dir = mkdtempSync(path.resolve('.local/mutation-stack-'));
  const stack = await startStack({ dir, servers: ['postgres'], onEvent: () => {} });
  await stack.ready('postgres');
  process.env.STACK_ENDPOINTS = path.join(dir, 'endpoints.json');
  writeJson(process.env.STACK_ENDPOINTS, stack.endpoints);
  return {
    stop: async () => {
      await stack.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function tryAll(chosen: MutatedModule[], kept: boolean): Promise<number> {
  const scores: Record<string, Score> = {};
  for (const module of chosen) {
    const one = await score(module);
    Object.assign(scores, one);
    for (const [file, each] of Object.entries(one))
      process.stdout.write(
        `${file}: ${each.noticed} of ${each.counted} (${percent(each)}), ${each.equivalent} equivalent\n`,
      );
  }
  if (kept) record(scores);
  const total = sum(Object.values(scores));
  process.stdout.write(
    `${total.noticed} of ${total.counted} mutants noticed (${percent(total)}), ${total.equivalent} equivalent\n`,
  );
  return total.counted > 0 && total.noticed >= (total.counted * WANTED) / 100 ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
