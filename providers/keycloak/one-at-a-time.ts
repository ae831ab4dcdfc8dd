const tails = new Map<string, Promise<unknown>>();

/** Runs `work` once all earlier work of this process under the same key has settled, successfully or not. */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve();
  const own = before.then(work, work);
  tails.set(key, own);
  try {
    return await own;
  } finally {
    if (tails.get(key) === own) tails.delete(key);
  }
}
