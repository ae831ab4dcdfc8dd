import { availableParallelism } from 'node:os';

// These packages ship ES modules only; jest's module system needs them transformed.
const esmOnly = [
  '@keycloak',
  '@microsoft',
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

// `test/run.ts` runs the groups one after the other; without a group it is everything that needs no Kubernetes.
// (jest does not expand <rootDir> behind an exclamation mark, so groups are told apart by what they leave out.)
const [KUBERNETES, WHOLE] = ['/test/kubernetes/', '/test/e2e/'];
const groups = {
  pieces: { testMatch: ['<rootDir>/test/**/*.test.ts'], without: [KUBERNETES, WHOLE] },
  whole: { testMatch: ['<rootDir>/test/e2e/**/*.test.ts'], without: [] },
  kubernetes: { testMatch: ['<rootDir>/test/kubernetes/**/*.test.ts'], without: [] },
};
const { testMatch, without } = groups[process.env.TEST_GROUP] ?? { ...groups.pieces, without: [KUBERNETES] };

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', ...without],
  transform: {
    '^.+\\.(t|j|mj)sx?$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.local/'],
  testTimeout: 60_000,
  // Tests wait for servers more than they work: with one worker, two cores stand still half of the time.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};
