import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

// These packages ship ES modules only; jest's module system needs them transformed.
const esmOnly = [
  'age-encryption',
  '@keycloak',
  '@microsoft',
  '@noble',
  '@scure',
  '@std-uritemplate',
  'tinyduration',
  '@kubernetes/client-node',
  'jose',
  'node-pg-migrate',
  'openid-client',
  'oauth4webapi',
  'camelize-ts',
  'url-join',
  'url-template',
];

// `npm test` names the files of each of its jest processes. Without it – `npx jest test/contract` – every file that matches is run.
// Regular expressions, because a path may hold characters that mean something in a glob.
const files = process.env.TEST_FILES
  ? JSON.parse(readFileSync(process.env.TEST_FILES, 'utf8')).map(
      (file) => `^${file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`,
    )
  : ['/test/.*\\.test\\.tsx?$'];

/** @type {import('jest').Config} */
export default {
  testEnvironment: './test/runner/environment.cjs',
  runtime: './test/runner/runtime.cjs',
  testRegex: files,
  transform: {
    '^.+\\.tsx$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
        module: { type: 'commonjs' },
      },
    ],
    '^.+\\.(ts|jsx?|mjs)$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.local/'],
  // A hang is told by what a test waits for, not by this limit; a slow machine that runs several files at once must not reach it.
  testTimeout: 120_000,
  // Tests wait for servers more than they compute: with one worker, two cores idle half of the time.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};
