import pc from 'picocolors';
import { stepsOf } from '../../contract/operations/kinds';
import type { Step, StepState } from '../../contract/operations/steps';
import type { DemoRow } from './run-demo';

type Paint = (text: string) => string;

const MARKS: Record<StepState, [string, Paint]> = {
  pending: ['·', pc.dim],
  running: ['●', pc.yellow],
  done: ['✔', pc.green],
  failed: ['✘', pc.red],
  compensating: ['↺', pc.yellow],
  compensated: ['↺', pc.dim],
  skipped: ['-', pc.dim],
};

const NAMES = [
  'validate',
  'reserve',
  'database',
  'storage',
  'security',
  'configure',
  'identity',
  'billing',
  'verify',
  'finalize',
];

/** The live table: a row for each tenant, with a mark for each step and the seconds since the order. `now` is in milliseconds. */
export function table(rows: readonly DemoRow[], now: number): string {
  const width = Math.max(6, ...rows.map(({ operation }) => operation.tenantName?.length ?? 0));
  const head = [
    'tenant'.padEnd(width),
    'plan'.padEnd(12),
    stepsOf('provision')
      .map((_, index) => String(index + 1).padEnd(2))
      .join(' '),
    'status'.padEnd(18),
    'seconds',
  ];
  const body = rows.map(({ operation }) =>
    [
      (operation.tenantName ?? '').padEnd(width),
      operation.plan.padEnd(12),
      operation.steps.map(({ id, state }) => paintedMark(failedIn(operation, id) ? 'failed' : state)).join(' '),
      operation.status.padEnd(18),
      secondsOf(operation, now).toFixed(1).padStart(7),
    ].join('  '),
  );
  const legend = NAMES.map((name, index) => `${index + 1} ${name}`).join('  ');
  return [pc.bold(head.join('  ')), ...body, pc.dim(legend), pc.dim('✔ done  ● running  ✘ failed  ↺ undone')].join(
    '\n',
  );
}

/** Seconds from the order to the end of the operation, or to `now` if it is still running. */
export function secondsOf(
  { createdAt, completedAt }: { createdAt: string; completedAt?: string | undefined },
  now: number,
): number {
  const end = completedAt === undefined ? now : Date.parse(completedAt);
  return Math.max(0, end - Date.parse(createdAt)) / 1000;
}

/** Why an operation failed, in one line; the same text wherever it is shown. */
export function failedStep({ step, message }: { step: string; message: string }): string {
  return `${MARKS.failed[0]} ${step}: ${message}`;
}

/** Whether this step made the operation fail. Its mark stays `failed` even after the step has been undone. */
function failedIn({ failure }: DemoRow['operation'], id: Step): boolean {
  return failure?.step === id;
}

function paintedMark(state: StepState): string {
  const [mark, paint] = MARKS[state];
  return paint(mark.padEnd(2));
}
