import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ServerUnavailable } from '../../../stack/errors';
import { cached } from '../../../stack/fetching/cache';
import type { Patience } from '../../../stack/fetching/download';
import { fetchReleaseFile, releaseArchive, type ReleaseFile } from '../../../stack/fetching/release';
import { fetchFromFirst, type Source } from '../../../stack/fetching/sources';
import type { ServerContext } from '../../../stack/processes/context';
import { startFileServer, type FileServer } from './file-server';

const PATH = '/maker/releases/v1/thing.tar.gz';
const URL_OF_FILE = `https://github.com${PATH}`;
const IMPATIENT = { answer: 300, stall: 300 };

/** A tar.gz with the program `thing-1/bin/thing`, too large to arrive in one piece. */
function makeArchive(dir: string): Buffer {
  mkdirSync(join(dir, 'thing-1', 'bin'), { recursive: true });
  writeFileSync(join(dir, 'thing-1', 'bin', 'thing'), '#!/bin/sh\necho thing 1\n', { mode: 0o755 });
  writeFileSync(join(dir, 'thing-1', 'data'), randomBytes(1_000_000));
  execFileSync('tar', ['-czf', join(dir, 'thing.tar.gz'), '-C', dir, 'thing-1']);
  return readFileSync(join(dir, 'thing.tar.gz'));
}

describe('an official release', () => {
  let dir: string;
  let into: string;
  let server: FileServer;
  let archive: Buffer;
  let file: ReleaseFile;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'release-test-'));
    into = join(dir, 'into');
    mkdirSync(into);
    archive = makeArchive(dir);
    file = { url: URL_OF_FILE, sha256: createHash('sha256').update(archive).digest('hex') };
    server = await startFileServer();
    server.answers.set(`/github.com${PATH}`, archive);
    process.env.STACK_RELEASE_MIRROR = server.url;
  });
  afterEach(async () => {
    delete process.env.STACK_RELEASE_MIRROR;
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const fetchFile = (patience?: Patience): Promise<void> =>
    fetchReleaseFile(file, join(into, 'thing.tar.gz'), { into, ...(patience && { patience }) });

  test('is downloaded, checked and unpacked', async () => {
    await releaseArchive(file, { to: 'here', strip: 1 }).fetch({ into });
    expect(execFileSync(join(into, 'here', 'bin', 'thing'), { encoding: 'utf8' })).toBe('thing 1\n');
    expect(readdirSync(into)).toEqual(['here']);
  });

  test('is checked by the list of the publisher where no checksum is pinned', async () => {
    const pinned = file.sha256 as string;
    file.sha256 = { listedAt: 'https://github.com/maker/releases/v1/checksums.txt' };
    const list = (line: string): void =>
      void server.answers.set('/github.com/maker/releases/v1/checksums.txt', Buffer.from(line));
    list(`${'0'.repeat(64)}  another.tar.gz\n${pinned}  thing.tar.gz\n`);
    await fetchFile();
    expect(readdirSync(into)).toEqual(['thing.tar.gz']);

    list(`${'0'.repeat(64)}  thing.tar.gz\n`);
    await expect(fetchFile()).rejects.toThrow('thing.tar.gz WAS REFUSED');
    list(`${pinned}  another.tar.gz\n`);
    await expect(fetchFile()).rejects.toThrow('The list of checksums has no entry thing.tar.gz.');
  });

  test('with a wrong checksum is refused and deleted, and both checksums are named', async () => {
    const found = file.sha256 as string;
    file.sha256 = '0'.repeat(64);
    await expect(fetchFile()).rejects.toThrow(
      `thing.tar.gz WAS REFUSED and deleted: its SHA-256 is ${found}, but ${file.sha256} is expected.`,
    );
    expect(readdirSync(into)).toEqual([]);
  });

  test('that does not exist is reported with the status of the answer', async () => {
    server.answers.clear();
    await expect(fetchFile()).rejects.toThrow(/ answered 404\.$/);
    expect(readdirSync(into)).toEqual([]);
  });

  test('on a host that cannot be reached is reported at once', async () => {
    await server.close();
    await expect(fetchFile()).rejects.toThrow(/ cannot be reached \(ECONNREFUSED\)\.$/);
    expect(readdirSync(into)).toEqual([]);
  });

  test('on a host that never answers is given up', async () => {
    server.answers.set(`/github.com${PATH}`, () => undefined);
    await expect(fetchFile(IMPATIENT)).rejects.toThrow(/ was silent for 0\.3 s\.$/);
    expect(readdirSync(into)).toEqual([]);
  });

  test('on a host that stops in the middle is given up, and nothing is left', async () => {
    server.answers.set(`/github.com${PATH}`, (response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100_000));
    });
    await expect(fetchFile(IMPATIENT)).rejects.toThrow(/ was silent for 0\.3 s\.$/);
    expect(readdirSync(into)).toEqual([]);
  });

  test('whose download is interrupted leaves nothing', async () => {
    server.answers.set(`/github.com${PATH}`, (response) => {
      response.writeHead(200, { 'content-length': archive.length });
      response.write(archive.subarray(0, 100_000), () => response.destroy());
    });
    await expect(fetchFile()).rejects.toThrow(/ ended its answer early\.$/);
    expect(readdirSync(into)).toEqual([]);
  });

  test('that the publisher does not have for this platform is not asked for', async () => {
    await expect(releaseArchive(undefined, {}).fetch({ into })).rejects.toThrow(
      `There is none for ${process.platform}-${process.arch}.`,
    );
    expect(server.requests).toEqual([]);
  });

  test('is downloaded once when two processes need it at the same time', async () => {
    const program = `
      const { cached } = require('./stack/fetching/cache');
      const { releaseArchive } = require('./stack/fetching/release');
      const source = releaseArchive(${JSON.stringify(file)}, { strip: 1 });
      cached('thing-1', (into) => source.fetch({ into }), { root: ${JSON.stringify(join(dir, 'cache'))} })
        .then((found) => process.stdout.write(found));`;
    const run = async (): Promise<string> => {
      const child = spawn(process.execPath, ['--import', 'tsx', '-e', program], {
        cwd: resolve(__dirname, '../../..'),
        env: process.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.on('data', (chunk) => (output += String(chunk)));
      await once(child, 'close');
      return output;
    };
    // Each process has to find that the other one is at it.
    server.answers.set(`/github.com${PATH}`, (response) => void setTimeout(() => response.end(archive), 1_000));
    const target = join(dir, 'cache', 'thing-1');
    expect(await Promise.all([run(), run()])).toEqual([target, target]);
    expect(server.requests).toHaveLength(1);
    expect(readdirSync(join(dir, 'cache'))).toEqual(['thing-1']);
  }, 30_000);

  describe('as the first of several sources', () => {
    let warnings: string[];
    let second: jest.Mock<Promise<void>, Parameters<Source['fetch']>>;
    const tell: ServerContext['tell'] = (phase, detail) => {
      if (phase === 'warning') warnings.push(detail ?? '');
    };
    const fetchThing = (signal = new AbortController().signal): Promise<string> =>
      cached(
        'thing-1',
        (draft) =>
          fetchFromFirst(
            'thing 1',
            [releaseArchive(file, { strip: 1 }), { name: 'the registry', fetch: second }],
            'buy a thing',
            { into: draft, context: { signal, tell } },
          ),
        { root: join(dir, 'cache') },
      );
    beforeEach(() => {
      warnings = [];
      second = jest.fn(async ({ into: draft }) => writeFileSync(join(draft, 'from-registry'), ''));
    });

    test('is enough', async () => {
      await fetchThing();
      expect(second).not.toHaveBeenCalled();
      expect(warnings).toEqual([]);
    });

    test('is replaced by the next one when it fails, which is said, and leaves nothing there', async () => {
      file.sha256 = '0'.repeat(64);
      expect(readdirSync(await fetchThing())).toEqual(['from-registry']);
      expect(warnings).toEqual([
        expect.stringMatching(/^thing 1 not from the official release: thing\.tar\.gz WAS REFUSED/),
      ]);
      expect(server.requests).toHaveLength(1);
    });

    test('and none works: all reasons are named, with the most useful remedy', async () => {
      server.answers.clear();
      second.mockRejectedValueOnce(new Error('some tool ended with code 1:\nbuilding\nno space left'));
      await expect(fetchThing()).rejects.toMatchObject({
        why: expect.stringMatching(
          /^thing 1 could not be fetched\. the official release: .* answered 404\. the registry: no space left$/,
        ),
        command: 'buy a thing',
      });
      second.mockRejectedValueOnce(new ServerUnavailable('There is no registry client.', 'install it'));
      await expect(fetchThing()).rejects.toMatchObject({ command: 'install it' });
      expect(readdirSync(join(dir, 'cache'))).toEqual([]);
    });

    test('and the fetch is cancelled: nothing is left and no other source is tried', async () => {
      const abort = new AbortController();
      server.answers.set(`/github.com${PATH}`, (response) => {
        response.writeHead(200, { 'content-length': archive.length });
        response.write(archive.subarray(0, 100_000), () => abort.abort(new Error('Ctrl-C')));
      });
      await expect(fetchThing(abort.signal)).rejects.toThrow('Ctrl-C');
      expect(second).not.toHaveBeenCalled();
      expect(readdirSync(join(dir, 'cache'))).toEqual([]);
    });
  });
});
