import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'shared-runtime-')))));
afterEach(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const at = path.join(folder, name);
  mkdirSync(path.dirname(at), { recursive: true });
  writeFileSync(at, text);
  return at;
};

const runner = (name: string): string => JSON.stringify(path.join(__dirname, name));

/** Runs test files in one jest process, in this order. Resolves with what jest prints. */
function run(...files: string[]): { status: number | null; output: string } {
  const config = file(
    'jest.config.mjs',
    `export default { testEnvironment: ${runner('environment.cjs')}, runtime: ${runner('runtime.cjs')}, transform: {} };`,
  );
  const options = ['-c', config, '-i', `--testSequencer=${path.join(__dirname, 'sequencer.mjs')}`];
  const { status, stderr } = spawnSync(process.execPath, [require.resolve('jest/bin/jest'), ...options], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TEST_FILES: file('files.json', JSON.stringify(files)) },
  });
  return { status, output: stderr };
}

test('a test file finds nothing that the one before it changed, but the third-party modules that it loaded', () => {
  file('node_modules/vendor/index.js', `exports.lazily = () => require('./lazy');\nexports.seenBy = [];`);
  file('node_modules/vendor/lazy.js', `exports.word = 'loaded';`);
  file('own.js', `exports.seenBy = [];`);
  const first = file(
    'z-first.test.js',
    `const vendor = require('vendor');
     const own = require('./own');
     test('changes', () => {
       jest.useFakeTimers();
       Object.assign(globalThis, { left: true, fetch: 'replaced', Date: 'replaced' });
       process.env.LEFT = 'true';
       jest.spyOn(vendor, 'lazily').mockReturnValue('mocked');
       for (const { seenBy } of [vendor, own]) seenBy.push('first');
       expect(vendor.lazily()).toBe('mocked');
     });`,
  );
  const second = file(
    'a-second.test.js',
    `const vendor = require('vendor');
     const own = require('./own');
     test('looks', () => {
       expect([typeof left, typeof fetch, typeof Date, process.env.LEFT]).toEqual(['undefined', 'function', 'function', undefined]);
       expect(jest.isMockFunction(setTimeout)).toBe(false);
       expect(Math.abs(Date.now() - ${Date.now()})).toBeLessThan(600_000);
       expect(own.seenBy).toEqual([]);
       expect(vendor.seenBy).toEqual(['first']);
       expect(vendor.lazily().word).toBe('loaded');
     });`,
  );
  expect(run(first, second)).toMatchObject({ status: 0, output: expect.stringContaining('Tests:       2 passed') });
});

test('a file that fails is reported with the place in its own text', () => {
  const good = file('good.test.js', `test('good', () => {});`);
  const bad = file('bad.test.js', `\n\ntest('bad', () => {\n  throw new Error('wrong');\n});`);
  const { status, output } = run(good, bad);
  expect(status).toBe(1);
  expect(output).toContain('bad.test.js:4:9');
});
