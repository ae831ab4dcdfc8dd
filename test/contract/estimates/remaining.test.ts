import { levelsOf } from '../../../contract/estimates/levels';
import type { PastRun } from '../../../contract/estimates/past-run';
import { estimateRemaining, estimateWhole } from '../../../contract/estimates/remaining';
import { stepsOf } from '../../../contract/operations/kinds';

/** 100 runs in which verify took 1 to 100 s and every other step 1 s. */
const RUNS = Array.from({ length: 100 }, (_, index) => runWith({ verify: index + 1 }));

function runWith(took: PastRun): PastRun {
  return { ...Object.fromEntries(stepsOf('provision').map((step) => [step, 1])), ...took };
}

test('the levels of a provisioning are those its run works through', () => {
  expect(levelsOf('provision')).toEqual([
    ['validate'],
    ['reserve'],
    ['database', 'storage-and-compute', 'configuration'],
    ['security', 'identity', 'integrations'],
    ['verify'],
    ['finalize'],
  ]);
});

test('a new operation takes the sum of its levels, each as long as its slowest step', () => {
  expect(estimateWhole('provision', RUNS)).toEqual({ likelySeconds: 56, lateSeconds: 96, samples: 100 });
});

test('time in which an operation waits for people or for a date is left out', () => {
  const removals = RUNS.map(() => ({ remove: 5, prove: 2, finalize: 1, grace: 1e6, 'legal-hold': 1e6 }));
  expect(estimateWhole('deprovision', removals)).toEqual({ likelySeconds: 8, lateSeconds: 8, samples: 100 });
});

test('earlier operations that were faster than what has passed no longer count', () => {
  const { duration } = estimateRemaining('provision', RUNS, {
    open: ['verify'],
    elapsedSeconds: 80,
    later: ['finalize'],
  });
  expect(duration).toEqual({ likelySeconds: 12, lateSeconds: 20, samples: 100 });
});

test('with fewer than twenty earlier operations there is no number', () => {
  const few = RUNS.slice(0, 19);
  expect(estimateRemaining('provision', few, { open: ['verify'], elapsedSeconds: 0, later: [] })).toMatchObject({
    duration: undefined,
    samples: 19,
    outlasted: false,
  });
});

test('a step that has outlasted nearly all earlier ones has no number', () => {
  expect(estimateRemaining('provision', RUNS, { open: ['verify'], elapsedSeconds: 97, later: [] })).toMatchObject({
    duration: undefined,
    outlasted: true,
  });
});

test('the critical path has of each level the step that is expected to end last', () => {
  const runs = RUNS.map((run, index) => ({ ...run, identity: 3, integrations: index < 40 ? 9 : 1, database: 2 }));
  const { criticalPath } = estimateRemaining('provision', runs, {
    open: ['database', 'configuration'],
    elapsedSeconds: 0.5,
    later: ['security', 'identity', 'integrations', 'verify'],
  });
  expect(criticalPath).toEqual(['database', 'identity', 'verify']);
});

test('two reads at the same time agree', () => {
  const remains = {
    open: ['security', 'identity'] as const,
    elapsedSeconds: 0.2,
    later: ['verify', 'finalize'] as const,
  };
  expect(estimateRemaining('provision', RUNS, remains)).toEqual(estimateRemaining('provision', RUNS, remains));
});
