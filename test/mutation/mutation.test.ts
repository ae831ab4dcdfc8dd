import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { mutationFigures } from '../../scripts/mutation-table';
import { EQUIVALENT } from './equivalent';
import { compareSurvivors, type Change, type Explained } from './explained';
import { MODULES, NOT_MUTATED } from './modules';
import { SURVIVORS } from './survivors';

const ROOT = path.resolve(__dirname, '../..');
const FILES = MODULES.flatMap(({ files }) => files);

test('all listed files, tests, survivors and equivalent mutants exist', () => {
  for (const { files, tests } of MODULES)
    for (const name of [...files, ...tests]) expect([name, existsSync(path.join(ROOT, name))]).toEqual([name, true]);
  for (const { file, original, on = '' } of [...EQUIVALENT, ...SURVIVORS]) {
    const source = readFileSync(path.join(ROOT, file), 'utf8').replaceAll(/\s+/g, ' ');
    expect([file, original, source.includes(original)]).toEqual([file, original, true]);
    expect([file, on, source.includes(on)]).toEqual([file, on, true]);
  }
});

test('every workflow file is mutated, or left out with a reason', () => {
  const workflows = readdirSync(path.join(ROOT, 'workflows'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `workflows/${name}`);
  const decided = [...FILES.filter((file) => file.startsWith('workflows/')), ...NOT_MUTATED.map(({ file }) => file)];
  expect(decided.sort()).toEqual(workflows.sort());
});

test('the recorded figures have as many survivors as are listed with a reason', () => {
  const recorded = Object.entries(mutationFigures()).map(([file, { noticed, counted }]) => [file, counted - noticed]);
  const listed = recorded.map(([file]) => [file, SURVIVORS.filter((each) => each.file === file).length]);
  expect(listed).toEqual(recorded);
});

describe('the comparison of the survivors with the list', () => {
  const change = (file: string, original: string, text = ''): Change => ({ file, original, replacement: '', text });
  const listed = (file: string, original: string, on?: string): Explained => {
    return { file, original, replacement: '', on, reason: 'a reason' };
  };

  test('finds a survivor that is not listed, also when the same change survives at another place', () => {
    const known = change('a.ts', 'one');
    expect(compareSurvivors(['a.ts'], [known, known, change('a.ts', 'two')], [listed('a.ts', 'one')])).toEqual({
      unlisted: [known, change('a.ts', 'two')],
      stale: [],
    });
  });

  test('tells places of a file apart by their line', () => {
    const [first, second] = [change('a.ts', 'one', 'if (one) return;'), change('a.ts', 'one', 'return one;')];
    expect(compareSurvivors(['a.ts'], [first, second], [listed('a.ts', 'one', 'return one')])).toEqual({
      unlisted: [first],
      stale: [],
    });
  });

  test('finds a listed mutant that is noticed by now, but only in the files that were tried', () => {
    const list = [listed('a.ts', 'one'), listed('b.ts', 'one')];
    expect(compareSurvivors(['a.ts'], [], list)).toEqual({ unlisted: [], stale: [list[0]] });
    expect(compareSurvivors(['a.ts', 'b.ts'], [change('a.ts', 'one'), change('b.ts', 'one')], list)).toEqual({
      unlisted: [],
      stale: [],
    });
  });
});

test('a module is tried in a copy, and noticed mutants are counted', () => {
  const file = path.join(ROOT, 'api/access/visibility.ts');
  const before = readFileSync(file, 'utf8');
  const program = ['--import', 'tsx', '--no-warnings', 'test/mutation/main.ts', '--only', 'visibility'];
  const { status, stdout, stderr } = spawnSync(process.execPath, program, { cwd: ROOT, encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stdout.trim().split('\n').at(-1)).toMatch(/^(\d+) of \1 mutants noticed \(100\.0 %\), 0 equivalent$/);
  expect(readFileSync(file, 'utf8')).toBe(before);
}, 120_000);

test('an unknown module tries nothing, which is not a success', () => {
  const program = ['--import', 'tsx', '--no-warnings', 'test/mutation/main.ts', '--only', 'nothing-like-it'];
  const { status, stdout } = spawnSync(process.execPath, program, { cwd: ROOT, encoding: 'utf8' });
  expect([status, stdout.trim().split('\n').at(-1)]).toEqual([1, '0 of 0 mutants noticed (0.0 %), 0 equivalent']);
});
