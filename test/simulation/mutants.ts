import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../stack/errors';

/** A fault put back into the product. */
interface Mutant {
  name: string;
  file: string;
  /** Occurs exactly once in the file. */
  text: string;
  instead: string;
}

const ROOT = path.resolve(__dirname, '../..');
const RUNS = '2000';
const SEED = '1';
/** What the simulation does not need, or makes itself. */
const LEFT_OUT = new Set(['node_modules', '.git', '.local', 'dist', 'coverage']);

/** Faults the product once had. The simulation is worth its time only as long as it finds them. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a refused login is taken for a wrong password',
    file: 'activities/adapters/keycloak/passwords.ts',
    text: 'if (answer !== REFUSED) return answer;',
    instead: 'return answer;',
  },
  {
    name: 'an outage uses up the attempts of a step',
    file: 'activities/patience.ts',
    text: 'if (!isOutage(type)) return',
    instead: 'if (type !== undefined) return',
  },
  {
    name: 'a message that cannot be decrypted fails every workflow task',
    file: 'contract/data-converter.ts',
    text: 'payloadCodecs: [lenientForWorkflows(createPayloadCodec(ring))]',
    instead: 'payloadCodecs: [createPayloadCodec(ring)]',
  },
  {
    name: 'an undo does not wait for what an unanswered request may still make',
    file: 'activities/effect.ts',
    text: 'const { pool, keys, lateRequestSeconds } = dependencies;',
    instead: 'const { pool, keys } = dependencies;\n  const lateRequestSeconds = 1;',
  },
  {
    name: 'the deadline overtakes an approval that was accepted',
    file: 'workflows/approval.ts',
    text: 'const loaded: DecisionLoaded =',
    instead: `if (!heard) {
      run.approval = 'expired';
      throw runFailure('ApprovalExpired', 'Nobody decided before the deadline.');
    }
    const loaded: DecisionLoaded =`,
  },
  {
    name: 'a mail that cannot be sent now is given up',
    file: 'activities/mail-delivery.ts',
    text: 'else await postponeMail(pool, mailId, message);',
    instead: "else await settleMail(pool, mailId, 'refused', message);",
  },
];

/** The file with the fault in it. Throws where the text is not there exactly once: the product has changed, and the mutant must follow. */
export function mutated(source: string, { name, file, text, instead }: Mutant): string {
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`"${name}": expected this exactly once in ${file}: ${text}`);
  return `${before}${instead}${after}`;
}

/** Simulates a copy of the project that has the fault, until it is found. Resolves with what was said of it. */
async function hunt(mutant: Mutant): Promise<{ found: boolean; words: string }> {
  const copy = mkdtempSync(path.join(tmpdir(), 'mutant-'));
  try {
    cpSync(ROOT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(path.relative(ROOT, source)) });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
    const file = path.join(copy, mutant.file);
    writeFileSync(file, mutated(readFileSync(file, 'utf8'), mutant));
    const output = await simulate(copy);
    const counted = /^(\d+) passed, (\d+) failed$/m.exec(output);
    if (!counted) throw new Error(`The simulation of "${mutant.name}" did not end:\n${output.slice(-2_000)}`);
    const runs = Number(counted[1]) + Number(counted[2]);
    if (counted[2] === '0') return { found: false, words: `not found in ${runs} runs` };
    const violated = /^seed (\d+) violates (.+)$/m.exec(output);
    return { found: true, words: `found after ${runs} runs: seed ${violated?.[1]} violates ${violated?.[2]}` };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function simulate(directory: string): Promise<string> {
  const args = ['stack/bootstrap.mjs', 'test/simulation/main.ts', '--runs', RUNS, '--seed', SEED, '--bail'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

/** Hunts every mutant whose name contains the words given, one after the other; 0 only if all were found. */
async function main(words: string): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => name.includes(words));
  // Before hours are spent: every text must be where it is expected.
  for (const mutant of chosen) mutated(readFileSync(path.join(ROOT, mutant.file), 'utf8'), mutant);
  let missed = 0;
  for (const mutant of chosen) {
    const { found, words: said } = await hunt(mutant);
    if (!found) missed += 1;
    process.stdout.write(`${mutant.name}: ${said}\n`);
  }
  process.stdout.write(`${chosen.length - missed} passed, ${missed} failed\n`);
  return missed === 0 && chosen.length > 0 ? 0 : 1;
}

if (require.main === module)
  main(process.argv.slice(2).join(' ')).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exitCode = 1;
    },
  );
