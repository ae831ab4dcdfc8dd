import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** How long each read took, in milliseconds, and what was not answered with 200. */
export interface Reads {
  milliseconds: number[];
  failed: string[];
}

/** Somebody who reads from the API all the while. */
export interface Reader {
  begin(): void;
  /** Stops reading; resolves with what was read since `begin`. */
  end(): Promise<Reads>;
  close(): void;
}

/** Starts one; it reads nothing yet. */
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
