import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyProject, type ProjectCopy } from '../helpers/documents/project-copy';
import { gitleaks, secretsIn } from './gitleaks';

describe('the files of the project', () => {
  let program: string;
  let copy: ProjectCopy;

  beforeAll(async () => {
    program = await gitleaks();
    copy = copyProject('secrets');
  }, 600_000);
  afterAll(() => copy?.remove());

  test('hold no credential', async () => {
    expect(await secretsIn(program, copy.directory)).toEqual([]);
  }, 120_000);

  test('would be found to hold one', async () => {
    // Put together here, so that this file is no finding itself.
    const key = ['sk', 'live', '4eC39HqLyjWDarjtT1zdp7dc'].join('_');
    writeFileSync(path.join(copy.directory, 'stack', 'planted.ts'), `export const key = '${key}';\n`);
    expect(await secretsIn(program, copy.directory)).toEqual(['stack/planted.ts:1 stripe-access-token']);
  }, 120_000);
});
