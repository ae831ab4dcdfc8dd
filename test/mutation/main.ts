import { messageOf } from '../../stack/errors';
import { mutatedCopy, type Mutant } from './copy';
import { isEquivalent } from './equivalent';
import { MODULES, type MutatedModule } from './modules';
import { Trial } from './trial';

/** The share of mutants that the fast tests have to notice, in per cent. */
const WANTED = 90;

const USAGE = `npm run test:mutation                       all modules
npm run test:mutation -- --only verdict     modules or files whose name has this word
`;

interface Score {
  noticed: number;
  counted: number;
  equivalent: number;
}

async function score({ name, files, tests }: MutatedModule): Promise<Score> {
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
    return { noticed: noticed.size, counted: judged.length, equivalent: copy.mutants.length - judged.length };
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

async function main(args: string[]): Promise<number> {
  const [option, word, ...more] = args;
  if (args.length > 0 && (option !== '--only' || word === undefined || more.length > 0)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const chosen = MODULES.flatMap((module): MutatedModule[] => {
    if (word === undefined || module.name.includes(word)) return [module];
    const files = module.files.filter((file) => file.includes(word));
    return files.length > 0 ? [{ ...module, files }] : [];
  });
  const total: Score = { noticed: 0, counted: 0, equivalent: 0 };
  for (const module of chosen) {
    const one = await score(module);
    process.stdout.write(
      `${module.name}: ${one.noticed} of ${one.counted} (${percent(one)}), ${one.equivalent} equivalent\n`,
    );
    for (const key of ['noticed', 'counted', 'equivalent'] as const) total[key] += one[key];
  }
  process.stdout.write(
    `${total.noticed} of ${total.counted} mutants noticed (${percent(total)}), ${total.equivalent} equivalent\n`,
  );
  return total.counted > 0 && total.noticed >= (total.counted * WANTED) / 100 ? 0 : 1;
}

// What is under way ends with this process, and the copy goes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
