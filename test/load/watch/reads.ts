import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** Duration of each read in milliseconds, and the reads without a 200 answer. */
export interface Reads {
  milliseconds: number[];
  failed: string[];
}

/** A client that keeps reading from the API. */
export interface Reader {
  begin(): void;
  /** Stops reading; resolves with the reads since `begin`. */
  end(): Promise<Reads>;
  close(): void;
}

/** Starts a reader, which waits for `begin`. */
export function startReader(api: { url: string; token: string }): Reader {
  const child = fork(path.join(__dirname, 'reader.ts'), { execArgv: ['--import', require.resolve('tsx')] });
  child.send(api);
  return {
    begin: () => void child.send('begin'),
    end: async () => {
      const answer = once(child, 'message');
      child.send('end');
      const [reads] = (await Promise.race([answer, once(child, 'exit').then(() => [])])) as [Reads?];
      if (!reads) throw new Error('The process that reads from the API has ended.');
      return reads;
    },
    close: () => void child.kill(),
  };
}
