import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { workflowBundle as todaysBundle } from '../helpers/temporal/workflow-bundle';
import { HISTORIES, isAsReleased, isReleased, recorded, SUMS, sums, version } from './frozen';

/*
 * Runs that were recorded on real servers – one for each way to end, by every release that docs/upgrading.md says can be upgraded from – are
 * replayed on today's workflow code. One that fails here would break the runs that are open when this code is deployed: guard the change with
 * `patched()`. The histories of a release never change; those of the one that is being made are recorded with `npm run histories`.
 */
let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  workflowBundle = await todaysBundle();
});

const names = recorded().map(({ release, name }) => `${release}/${name}`);
const releases = [...new Set(recorded().map(({ release }) => release))];

test('every way to end was recorded by the release that is being made', () => {
  const ends = recorded().flatMap(({ release, name }) => (release === version() ? [name] : []));
  expect(ends.sort()).toEqual(['active', 'approved', 'cancelled', 'compensated', 'rejected']);
});

test.each(names)('the run %s replays', async (name) => {
  await expect(replay(read(name))).resolves.toBeUndefined();
});

test('no recorded history was changed, added or lost since it was recorded', () => {
  expect(sums()).toBe(readFileSync(SUMS, 'utf8'));
});

test.each(releases)('the histories of %s are what they were when it was released', (release) => {
  if (isReleased(release)) expect(isAsReleased(release)).toBe(true);
});

test('a history that was changed by one character is noticed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'histories-'));
  try {
    cpSync(HISTORIES, folder, { recursive: true });
    const file = path.join(folder, `${names[0]!}.json`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('worker', 'walker'));
    expect(sums(folder)).not.toBe(readFileSync(SUMS, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a run whose steps came in another order does not', async () => {
  const history = read(`${version()}/active`);
  const scheduled = history.events.filter(({ activityTaskScheduledEventAttributes: attributes }) => attributes);
  const [one, other] = ['provisionDatabase', 'configureApplication'].map((type) =>
    scheduled.find((event) => event.activityTaskScheduledEventAttributes!.activityType.name === type)!,
  );
  const { activityType } = one!.activityTaskScheduledEventAttributes!;
  one!.activityTaskScheduledEventAttributes!.activityType = other!.activityTaskScheduledEventAttributes!.activityType;
  other!.activityTaskScheduledEventAttributes!.activityType = activityType;
  await expect(replay(history)).rejects.toBeInstanceOf(DeterminismViolationError);
});

test('nothing personal, no path and no name of a machine was recorded', () => {
  const unwanted = /quarry|pm_card|"\d+@[^"]*|node_modules|binary\/encrypted/i;
  for (const name of names) expect([name, unwanted.exec(plainText(read(name)))?.[0]]).toEqual([name, undefined]);
});

/** The history with its payloads, which are base64, readable. */
function plainText(history: RecordedHistory): string {
  return JSON.stringify(history, (key, value: unknown) =>
    (key === 'data' || key === 'encoding') && typeof value === 'string'
      ? Buffer.from(value, 'base64').toString()
      : value,
  );
}

interface RecordedHistory {
  events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
}

function read(name: string): RecordedHistory {
  return JSON.parse(readFileSync(path.join(HISTORIES, `${name}.json`), 'utf8')) as RecordedHistory;
}

async function replay(history: RecordedHistory): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle }, historyFromJSON(history), 'operation/recorded');
}
