import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../../../contract/orders/order';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Step } from '../../../contract/operations/steps';
import type { circumstances } from '../../load/report/report';

/** The recording that is kept with the sources. */
export const RECORDING_FILE = join(__dirname, 'recording.json');

/** An attempt of an activity: its step, the activity's id, when it began and ended, and 1 if it failed. Times as in {@link RecordedRun}. */
export type RecordedAttempt = [step: Step, activityId: string, began: number, ended: number | null, failed: 0 | 1];

/** A run as the registry has it. Times are milliseconds since the first order of the recording. */
export interface RecordedRun {
  plan: Plan;
  region: string;
  status: OperationStatus;
  accepted: number;
  ended: number;
  attempts: RecordedAttempt[];
}

/** Runs of the real product whose providers were slowed at random. */
export type Recording = ReturnType<typeof circumstances> & {
  seed: number;
  sideBySide: number;
  runs: RecordedRun[];
};

/** The recording that is kept. */
export function readRecording(): Recording {
  return JSON.parse(readFileSync(RECORDING_FILE, 'utf8')) as Recording;
}

/** Keeps a recording, one line a run. */
export function writeRecording({ runs, ...recording }: Recording): void {
  const lines = runs.map((run) => JSON.stringify(run)).join(',\n');
  writeFileSync(RECORDING_FILE, `${JSON.stringify(recording).slice(0, -1)},"runs":[\n${lines}\n]}\n`);
}
