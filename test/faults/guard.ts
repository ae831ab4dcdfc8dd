import type { Journal } from './journal';
import type { System } from './system';

/** Milliseconds between two checks. */
const LOOK_MS = 1_000;

interface Guarded {
  system: System;
  journal: Journal;
  say(text: string): void;
}

const PROCESSES = ['api', 'worker'] as const;

/**
 * Checks that API and worker are running when no scenario stops them. A process that has ended by itself is a violation; it is started
 * again, as a supervisor would.
 */
export function revive(guarded: Guarded): Promise<void> {
  // Several scenarios may look at the same time.
  reviving ??= reviveNow(guarded).finally(() => (reviving = undefined));
  return reviving;
}

let reviving: Promise<void> | undefined;

async function reviveNow({ system: { product }, journal, say }: Guarded): Promise<void> {
  for (const name of PROCESSES) {
    if (product.processes().some((each) => each.name === name)) continue;
    say(`the ${name} ended by itself; the end of its log:\n${endOf(product.logs(name))}`);
    journal.expect('I13', 'the product’s processes', false, `the ${name} ended by itself`);
    await product.restart(name);
  }
}

/** Repeats {@link revive} until `work` has settled. */
export async function guarded(world: Guarded, work: Promise<unknown>): Promise<void> {
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
