import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EQUIVALENT } from './equivalent';
import { MODULES } from './modules';

const ROOT = path.resolve(__dirname, '../..');

test('all listed files, tests and equivalent mutants exist', () => {
  for (const { files, tests } of MODULES)
    for (const name of [...files, ...tests]) expect([name, existsSync(path.join(ROOT, name))]).toEqual([name, true]);
  for (const { file, original } of EQUIVALENT) {
    const source = readFileSync(path.join(ROOT, file), 'utf8').replaceAll(/\s+/g, ' ');
    expect([file, original, source.includes(original)]).toEqual([file, original, true]);
  }
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
  expect([status, stdout]).toEqual([1, '0 of 0 mutants noticed (0.0 %), 0 equivalent\n']);
});
