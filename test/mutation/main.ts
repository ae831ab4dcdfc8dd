import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../stack/errors';
import { startStack } from '../../stack/stack';
import { writeJson } from '../../stack/processes/state';
import { mutatedCopy, type Mutant } from './copy';
import { EQUIVALENT, isEquivalent } from './equivalent';
import { compareSurvivors, explains } from './explained';
import { outdatedFiles, percent, record, sum, type Score } from './figures';
import { MODULES, type MutatedModule } from './modules';
import { SURVIVORS } from './survivors';
import { Trial } from './trial';

/** Required share of mutants that the fast tests notice, in per cent. */
const WANTED = 90;

const USAGE = `npm run test:mutation                       every mutant of every module
npm run test:mutation -- --only verdict     those of modules or files whose name has this word
                         --changed          those of files without figures, or changed since they were recorded
                         --record           and keep the figures in docs/figures/mutation.json
`;

interface Result {
  scores: Record<string, Score>;
  mutants: Mutant[];
  survivors: Mutant[];
}

async function score({ name, files, tests }: MutatedModule): Promise<Result> {
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
    const scores = files.map((file): [string, Score] => {
      const [all, counted] = [copy.mutants, judged].map((mutants) => mutants.filter((each) => each.file === file));
      const found = counted!.filter(({ id }) => noticed.has(id)).length;
      return [file, { noticed: found, counted: counted!.length, equivalent: all!.length - counted!.length }];
    });
    return {
      scores: Object.fromEntries(scores),
      mutants: copy.mutants,
      survivors: judged.filter(({ id }) => !noticed.has(id)),
    };
  } finally {
    copy.remove();
  }
}

function words(mutant: Mutant): string {
  const { file, line, mutator } = mutant;
  return `${file}:${line} ${mutator}: ${inShort(mutant)}`;
}

function inShort({ original, replacement }: Pick<Mutant, 'original' | 'replacement'>): string {
  return `${original.slice(0, 100)}  =>  ${replacement.slice(0, 100)}`;
}

async function main(args: string[]): Promise<number> {
  const only = args.indexOf('--only');
  const word = only === -1 ? undefined : args[only + 1];
  const known = (arg: string, index: number): boolean =>
    ['--record', '--changed', '--only'].includes(arg) || (only !== -1 && index === only + 1);
  if (args.includes('--help')) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (!args.every(known) || (only !== -1 && word === undefined)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const outdated = outdatedFiles();
  const wanted = (module: MutatedModule, file: string): boolean =>
    (word === undefined || module.name.includes(word) || file.includes(word)) &&
    (!args.includes('--changed') || outdated.includes(file));
  const chosen = MODULES.map((module) => ({
    ...module,
    files: module.files.filter((file) => wanted(module, file)),
  })).filter(({ files }) => files.length > 0);
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
  let explained = true;
  for (const module of chosen) {
    const one = await score(module);
    Object.assign(scores, one.scores);
    for (const [file, each] of Object.entries(one.scores))
      process.stdout.write(
        `${file}: ${each.noticed} of ${each.counted} (${percent(each)}), ${each.equivalent} equivalent\n`,
      );
    explained = areExplained(module.files, one) && explained;
    if (kept) record(one.scores);
  }
  const total = sum(Object.values(scores));
  const outdated = outdatedFiles().filter((file) => !(file in scores));
  if (outdated.length > 0) process.stdout.write(`Without figures for their present source: ${outdated.join(', ')}\n`);
  process.stdout.write(
    `${total.noticed} of ${total.counted} mutants noticed (${percent(total)}), ${total.equivalent} equivalent\n`,
  );
  return explained && total.counted > 0 && total.noticed >= (total.counted * WANTED) / 100 ? 0 : 1;
}

/** Whether the lists of survivors and of equivalent mutants are those that there are. Prints what differs. */
function areExplained(files: readonly string[], { mutants, survivors }: Result): boolean {
  const { unlisted, stale } = compareSurvivors(files, survivors, SURVIVORS);
  const gone = EQUIVALENT.filter(
    (each) => files.includes(each.file) && !mutants.some((mutant) => explains(each, mutant)),
  );
  const problems = [
    ...unlisted.map((mutant) => `not noticed, and not listed in survivors.ts: ${words(mutant)}`),
    ...stale.map((each) => `listed in survivors.ts, but noticed, or no mutant any more: ${each.file} ${inShort(each)}`),
    ...gone.map((each) => `listed in equivalent.ts, but no mutant any more: ${each.file} ${inShort(each)}`),
  ];
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  return problems.length === 0;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
