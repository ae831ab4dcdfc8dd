import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerUnavailable } from '../../../stack/errors';
import { fetchWheel } from '../../../stack/fetching/python';

/** Builds the wheel `thing-bin` 1.0 with one program, and returns its SHA-256. */
function makeWheel(dir: string): string {
  const content = join(dir, 'content');
  const info = join(content, 'thing_bin-1.0.dist-info');
  mkdirSync(info, { recursive: true });
  mkdirSync(join(content, 'thing_bin-1.0.data', 'scripts'), { recursive: true });
  writeFileSync(join(content, 'thing_bin-1.0.data', 'scripts', 'thing'), '#!/bin/sh\necho thing 1.0\n', {
    mode: 0o755,
  });
  writeFileSync(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: thing-bin\nVersion: 1.0\n');
  writeFileSync(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n');
  writeFileSync(join(info, 'RECORD'), '');
  const wheel = join(dir, 'thing_bin-1.0-py3-none-any.whl');
  execFileSync('python3', ['-m', 'zipfile', '-c', wheel, ...readdirSync(content).map((name) => join(content, name))]);
  return createHash('sha256').update(readFileSync(wheel)).digest('hex');
}

describe('a wheel', () => {
  let dir: string;
  let into: string;
  let sha256: string;
  const before = { ...process.env };
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'wheel-test-'));
    sha256 = makeWheel(dir);
    Object.assign(process.env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: dir });
  });
  afterAll(() => {
    for (const name of ['PIP_NO_INDEX', 'PIP_FIND_LINKS', 'PATH']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(() => (into = mkdtempSync(join(dir, 'into-'))));

  test('with one of the pinned checksums is installed, and its programs run', async () => {
    await fetchWheel({ requirement: 'thing-bin==1.0', sha256: ['0'.repeat(64), sha256] }, { into });
    expect(execFileSync(join(into, 'bin', 'thing'), { encoding: 'utf8' })).toBe('thing 1.0\n');
  });

  test('with another checksum is refused, and nothing of it is installed', async () => {
    const fetching = fetchWheel({ requirement: 'thing-bin==1.0', sha256: ['0'.repeat(64)] }, { into });
    await expect(fetching).rejects.toMatchObject({ why: expect.stringMatching(/^thing-bin==1\.0 WAS REFUSED/) });
    expect(readdirSync(into)).toEqual(['requirements.txt']);
  });

  test('that the index does not have is reported in one sentence, with the command that shows more', async () => {
    await expect(fetchWheel({ requirement: 'thing-bin==2.0', sha256: [sha256] }, { into })).rejects.toMatchObject({
      why: 'pip could not install thing-bin==2.0 from its package index.',
      command: 'run python3 -m pip download thing-bin==2.0 to see why',
    });
  });

  test('cannot be had without Python', async () => {
    process.env.PATH = into;
    const fetching = fetchWheel({ requirement: 'thing-bin==1.0', sha256: [sha256] }, { into });
    await expect(fetching).rejects.toThrow(ServerUnavailable);
    await expect(fetching).rejects.toMatchObject({ command: 'apt-get install python3-pip' });
  });
});
