import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { codeOf, messageOf } from '../errors';

/** How long a server may be silent, in milliseconds. */
export interface Patience {
  /** Until it answers, with all redirects. */
  answer: number;
  /** Between two parts of the file. */
  stall: number;
}

const PATIENCE: Patience = { answer: 6_000, stall: 20_000 };

/**
 * Downloads `url` to `file` and returns the file's SHA-256. Tries once. Throws and leaves no file if the server cannot be reached, is
 * silent for too long, answers with an error, or ends the answer early.
 */
export async function download(
  url: string,
  file: string,
  {
    onProgress,
    signal,
    patience = PATIENCE,
  }: { onProgress?: (detail: string) => void; signal?: AbortSignal | undefined; patience?: Patience } = {},
): Promise<string> {
  const silence = new AbortController();
  const giveUpAfter = (milliseconds: number): NodeJS.Timeout =>
    setTimeout(() => silence.abort(new Error(`was silent for ${milliseconds / 1000} s`)), milliseconds);
  let timer = giveUpAfter(patience.answer);
  try {
    const response = await fetch(url, {
      // Otherwise a server may compress the file, and its checksum would not be that of what is stored.
      headers: { 'accept-encoding': 'identity' },
      signal: AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`answered ${response.status}`);
    }
    clearTimeout(timer);
    timer = giveUpAfter(patience.stall);
    const report = reporter(Number(response.headers.get('content-length')), onProgress);
    const hash = createHash('sha256');
    const observe = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        timer.refresh();
        hash.update(chunk);
        report(chunk.length);
        yield chunk;
      }
    };
    await pipeline(response.body, observe, createWriteStream(file));
    return hash.digest('hex');
  } catch (error) {
    await rm(file, { force: true });
    signal?.throwIfAborted();
    throw new Error(`${new URL(url).host} ${reasonOf(error)}.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** The SHA-256 of a file. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

// Reports each further tenth of the file.
function reporter(total: number, onProgress?: (detail: string) => void): (bytes: number) => void {
  const megabytes = Math.round(total / 1_000_000);
  let received = 0;
  let tenths = 0;
  return (bytes) => {
    received += bytes;
    if (megabytes < 10 || Math.floor((10 * received) / total) === tenths) return;
    tenths = Math.floor((10 * received) / total);
    onProgress?.(`${10 * tenths} % of ${megabytes} MB`);
  };
}

// Node's fetch hides the reason of a failed connection in the cause.
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  if (cause === undefined) return messageOf(error);
  const code = codeOf(cause) ?? messageOf(cause);
  return code === 'UND_ERR_SOCKET' ? 'ended its answer early' : `cannot be reached (${code})`;
}
