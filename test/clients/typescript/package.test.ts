import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasEnded, hasSucceeded } from '../../../clients/typescript/src/index';
import { hasEnded as reallyEnded, STATUSES, SUCCESS_STATUSES } from '../../../contract/operations/states';

const ROOT = join(__dirname, '../../..');

interface Package {
  version: string;
  license: string;
  engines: object;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

function packageAt(folder: string): Package {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Package;
}

test('the generated types agree with the OpenAPI document (npm run docs updates them)', () => {
  const script = `require('./scripts/client-types.ts').clientTypes().then((types) => process.stdout.write(types))`;
  const generated = execFileSync(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 10_000_000,
  });
  expect(generated).toBe(readFileSync(join(ROOT, 'clients/typescript/generated/api.ts'), 'utf8'));
});

test('the package needs what the checkout has, in the same versions', () => {
  const root = packageAt('.');
  const { version, license, engines, dependencies } = packageAt('clients/typescript');
  expect({ version, license, engines }).toEqual({
    version: root.version,
    license: root.license,
    engines: root.engines,
  });
  expect({ ...root.devDependencies, ...root.dependencies }).toMatchObject(dependencies);
});

test('the client knows which statuses are the end of an operation', () => {
  expect(STATUSES.filter(hasEnded)).toEqual(STATUSES.filter(reallyEnded));
  expect(STATUSES.filter(hasSucceeded)).toEqual(SUCCESS_STATUSES);
});
