import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../processes/tool';
import { sha256Of } from './download';
import { pipInstall } from './python';
import type { FetchOptions } from './sources';

/** A client for Maven repositories that needs only Python, because Maven itself needs Java and is rarely installed. */
const CLIENT = 'maven-artifact==0.3.5';

// The client has no time limit of its own.
const STALL = 30_000;

/**
 * Copies an artifact of Maven Central (`group:artifact:type:version`) to `file`. Throws and leaves no file if its SHA-256 is not the given
 * one, or if nothing arrives for half a minute. Throws `ServerUnavailable` if there is no Python.
 */
export async function fetchMavenArtifact(
  artifact: { name: string; sha256: string },
  file: string,
  { into, onProgress, signal }: FetchOptions,
): Promise<void> {
  const client = join(into, '.maven-client');
  await mkdir(client);
  await pipInstall(CLIENT, { into: client, signal });
  onProgress?.(artifact.name);
  const stalled = new AbortController();
  const watch = watchGrowth(file, () => stalled.abort(new Error('nothing arrived')));
  try {
    await runTool('python3', ['-m', 'maven_artifact.main', artifact.name, file], {
      env: { PYTHONPATH: client },
      signal: AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]),
    });
  } catch (cause) {
    signal?.throwIfAborted();
    const why = stalled.signal.aborted ? ': nothing arrived for half a minute' : '';
    throw new Error(`The Maven client could not download ${artifact.name}${why}.`, { cause });
  } finally {
    clearInterval(watch);
    await rm(client, { recursive: true });
  }
  const found = await sha256Of(file);
  if (found === artifact.sha256) return;
  await rm(file);
  throw new Error(
    `${artifact.name} WAS REFUSED and deleted: its SHA-256 is ${found}, but ${artifact.sha256} is expected.`,
  );
}

function watchGrowth(file: string, onStall: () => void): NodeJS.Timeout {
  let size = -1;
  return setInterval(() => {
    const seen = async (): Promise<void> => {
      const now = await stat(file).then(
        (found) => found.size,
        () => 0,
      );
      if (now === size) onStall();
      size = now;
    };
    void seen();
  }, STALL);
}
