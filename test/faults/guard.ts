import type { World } from './scenarios/scenario';

/** Milliseconds between two looks. */
const LOOK_MS = 1_000;

const PROCESSES = ['api', 'worker'] as const;

/**
 * Looks whether API and worker are there while nobody is to end them. One that has ended by itself is a violation, and is started again, as
 * whatever supervises it would.
 */
export async function revive({ system: { product }, journal, say }: World): Promise<void> {
  for (const name of PROCESSES) {
    if (product.processes().some((each) => each.name === name)) continue;
    say(`the ${name} ended by itself; the end of its log:\n${endOf(product.logs(name))}`);
    journal.expect('I13', 'the product’s processes', false, `the ${name} ended by itself`);
    await product.restart(name);
  }
}

/** {@link revive}, again and again until `work` is over. */
export async function guarded(world: World, work: Promise<unknown>): Promise<void> {
  let over = false;
  const ended = work.finally(() => (over = true));
  while (!over) {
    await revive(world);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
  }
  await ended;
}

function endOf(log: string): string {
  return log.trimEnd().split('\n').slice(-15).join('\n');
}
