import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runTool } from '../processes/tool';
import { PLATFORM } from './cache';
import { download, type Patience } from './download';
import type { FetchOptions, Source } from './sources';

/** Name of the source in messages. */
export const OFFICIAL = 'the official release';

/** A file of an official release at its public address. */
export interface ReleaseFile {
  url: string;
  /** The pinned checksum, or the address of the checksums that the publisher lists next to the file. */
  sha256: string | { listedAt: string };
}

/**
 * The source that downloads a tar.gz of an official release and unpacks it to the subfolder `to`, without the first `strip` folders of each
 * path. `file` is undefined where the publisher has none for this platform.
 */
export function releaseArchive(
  file: ReleaseFile | undefined,
  { to = '.', strip = 0 }: { to?: string; strip?: number },
): Source {
  return {
    name: OFFICIAL,
    fetch: async (options) => {
      const archive = join(options.into, '.archive.tar.gz');
      await fetchReleaseFile(file, archive, options);
      await unpack(archive, { into: join(options.into, to), strip, signal: options.signal });
      await rm(archive);
    },
  };
}

/** Downloads a file of a release to `target`. Throws and leaves no file if its checksum is wrong. */
export async function fetchReleaseFile(
  file: ReleaseFile | undefined,
  target: string,
  options: FetchOptions & { patience?: Patience },
): Promise<void> {
  if (file === undefined) throw new Error(`There is none for ${PLATFORM}.`);
  const expected = typeof file.sha256 === 'string' ? file.sha256 : await listedChecksum(file.sha256.listedAt);
  const found = await download(mirrored(file.url), target, options);
  if (found !== expected) {
    await rm(target);
    throw new Error(
      `${basename(file.url)} WAS REFUSED and deleted: its SHA-256 is ${found}, but ${expected} is expected.`,
    );
  }

  async function listedChecksum(url: string): Promise<string> {
    const list = `${target}.sha256`;
    await download(mirrored(url), list, options);
    const lines = (await readFile(list, 'utf8')).split('\n').map((line) => line.trim().split(/\s+\*?/));
    await rm(list);
    const sha256 = lines.find(([, name]) => name === basename(file?.url ?? ''))?.[0];
    if (sha256 === undefined) throw new Error(`The list of checksums has no entry ${basename(file?.url ?? '')}.`);
    return sha256;
  }
}

/** Unpacks a tar.gz to `into`, without the first `strip` folders of each path. */
export async function unpack(
  archive: string,
  { into, strip, signal }: { into: string; strip: number; signal?: AbortSignal | undefined },
): Promise<void> {
  await mkdir(into, { recursive: true });
  await runTool('tar', ['-xzf', archive, '-C', into, `--strip-components=${strip}`], { signal });
}

// A mirror has the same files below the name of their host, for example `<mirror>/github.com/temporalio/…`.
function mirrored(url: string): string {
  const mirror = process.env.STACK_RELEASE_MIRROR;
  return mirror === undefined || mirror === '' ? url : url.replace('https:/', mirror.replace(/\/+$/, ''));
}
