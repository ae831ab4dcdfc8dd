/**
 * Does the pieces of work side by side, at most `limit` at a time. All of them are done, whichever fails; the first failure is thrown at the
 * end.
 */
export async function sideBySide(limit: number, work: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = work.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const piece of waiting) await piece().catch((error: unknown) => void failures.push(error));
  };
  await Promise.all(Array.from({ length: limit }, lane));
  if (failures.length > 0) throw failures[0];
}
