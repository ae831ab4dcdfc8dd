import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves as soon as the condition holds; throws after `timeout` milliseconds. */
export async function eventually(condition: () => boolean | Promise<boolean>, timeout = 10_000): Promise<void> {
  for (const deadline = Date.now() + timeout; !(await condition()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`Not so after ${timeout} ms: ${condition.toString()}`);
  }
}
