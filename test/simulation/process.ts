import { planOf } from './plan/plan';
import { shrink } from './violations/shrink';
import { Simulator } from './world/simulator';
import { storyOf } from './violations/story';
import { violationsOf, type InvariantId, type Violation } from './violations/check';
import type { Plan } from './plan/plan';

/** Input of a simulating process. */
export interface Task {
  server: string;
  bundle: string;
  /** Seeds `from`, `from + step`, … below `to`. */
  from: number;
  to: number;
  step: number;
  /** Stop at the first violation. */
  bail: boolean;
  /** Tell the story of every run, not only of those with violations. */
  tell: boolean;
}

/** Output of a simulating process, one per run. */
export interface Result {
  seed: number;
  status: string;
  /** Events that occurred, by kind. */
  fired: string[];
  violated: InvariantId[];
  story: string | undefined;
}

/** Number of runs after which the registry is cleared. */
const CLEAR_EVERY = 300;

async function simulate(task: Task): Promise<void> {
  const simulator = await Simulator.create(task.server, { code: task.bundle });
  const look = async (
    plan: Plan,
  ): Promise<{ found: Violation[]; simulated: Awaited<ReturnType<Simulator['run']>> }> => {
    const simulated = await simulator.run(plan);
    return { simulated, found: await violationsOf(simulated, simulator.registry.pool) };
  };
  let runs = 0;
  for (let seed = task.from; seed < task.to; seed += task.step) {
    const plan = planOf(seed);
    const first = await look(plan);
    const { found, simulated } = first;
    const told =
      found.length > 0 ? await look(await shrink(plan, found, async (each) => (await look(each)).found)) : first;
    const result: Result = {
      seed,
      status: simulated.run?.ending ?? 'none',
      fired: [...simulated.world.fired].map((event) => (event.event === 'mishap' ? event.how : event.event)),
      violated: [...new Set(found.map(({ id }) => id))],
      story: found.length > 0 || task.tell ? storyOf(told.simulated, told.found) : undefined,
    };
    await new Promise<void>((resolve) => process.send!(result, () => resolve()));
    if (found.length > 0 && task.bail) break;
    if (++runs % CLEAR_EVERY === 0) await simulator.clear();
  }
  await simulator.close();
}

process.once('message', (task: Task) => {
  simulate(task).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
// The parent process is gone.
process.once('disconnect', () => process.exit(1));
