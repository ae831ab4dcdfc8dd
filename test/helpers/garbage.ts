import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects garbage ten times a second while the work is under way, as a busy process does. */
export async function whileCollecting<T>(work: () => Promise<T>): Promise<T> {
  // Scripts can call Node's garbage collector only with this option.
  setFlagsFromString('--expose-gc');
  const collecting = setInterval(runInNewContext('gc') as () => void, 100);
  try {
    return await work();
  } finally {
    clearInterval(collecting);
  }
}
