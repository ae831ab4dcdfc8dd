import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../../stack/errors';
import { copyProject, edit } from '../../helpers/documents/project-copy';
import { MUTANTS, putBack, type Mutant } from './mutants';

const ROOT = path.resolve(__dirname, '../../..');
const RUNS = '2000';
const SEED = '1';

/** Simulates a copy of the project that has the fault until the fault is found. Resolves with the output. */
async function hunt(mutant: Mutant): Promise<{ found: boolean; words: string }> {
  const copy = copyProject('mutant');
  try {
    putBack(mutant, (file, change) => edit(copy, file, change));
    const output = await simulate(copy.directory);
    const counted = /^(\d+) passed, (\d+) failed$/m.exec(output);
    if (!counted) throw new Error(`The simulation of "${mutant.name}" did not end:\n${output.slice(-2_000)}`);
    const runs = Number(counted[1]) + Number(counted[2]);
    if (counted[2] === '0') return { found: false, words: `not found in ${runs} runs` };
    const violated = /^seed (\d+) violates (.+)$/m.exec(output);
    return { found: true, words: `found after ${runs} runs: seed ${violated?.[1]} violates ${violated?.[2]}` };
  } finally {
    copy.remove();
  }
}

function simulate(directory: string): Promise<string> {
  // The bootstrap would install dependencies into the copy, which shares those of this project.
  const program = ['--import', 'tsx', '--no-warnings', 'test/simulation/main.ts'];
  const args = [...program, '--runs', RUNS, '--seed', SEED, '--bail'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

/** Hunts every mutant whose name contains the given words, one after the other; 0 only if all were found. */
async function main(words: string): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => name.includes(words));
  // Checks all texts first, so that a stale mutant does not fail after hours.
  for (const mutant of chosen)
    putBack(mutant, (file, change) => void change(readFileSync(path.join(ROOT, file), 'utf8')));
  let missed = 0;
  for (const mutant of chosen) {
    const { found, words: said } = await hunt(mutant);
    if (!found) missed += 1;
    process.stdout.write(`${mutant.name}: ${said}\n`);
  }
  process.stdout.write(`${chosen.length - missed} passed, ${missed} failed\n`);
  return missed === 0 && chosen.length > 0 ? 0 : 1;
}

main(process.argv.slice(2).join(' ')).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
