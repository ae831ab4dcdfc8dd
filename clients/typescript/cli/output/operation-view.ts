import type { Event, Operation } from '../../src/index';
import type { Output, Paint } from './output';
import { printable } from './printable';

type Step = Operation['steps'][number];

/** When the next attempt of a step is planned, by step. */
export type Retries = ReadonlyMap<string, string>;

const BAR = 20;

/** An operation with a line for each step, as it is at `now`. */
export function operationView(
  operation: Operation,
  { paint, time }: Pick<Output, 'paint' | 'time'>,
  { retries = new Map<string, string>(), now = Date.now() }: { retries?: Retries; now?: number } = {},
): string {
  const { operationId, kind, tenantId, tenantName = tenantId, plan, region, completed, total } = operation;
  const filled = total === 0 ? 0 : Math.round((completed / total) * BAR);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  return [
    `${paint.bold(printable(tenantName))}  ${kind} · ${plan}${region === undefined ? '' : ` · ${printable(region)}`}`,
    paint.dim(`${operationId}  tenant ${tenantId}  ordered ${time(operation.createdAt)}`),
    `${bar} ${completed}/${total}  ${statusText(operation, paint)}`,
    ...operation.steps.map((step) => stepLine(step, paint, { nextTry: retries.get(step.id), now })),
    ...(operation.estimate ? [printable(operation.estimate.summary)] : []),
    ...detailsOf(operation, time),
  ].join('\n');
}

/** What can be done about an operation, and what went wrong with it. */
function detailsOf({ failure, leftovers, approval, hold, verbs }: Operation, time: Output['time']): string[] {
  return [
    ...(failure ? [`failed in ${failure.step}: ${failure.type} – ${printable(failure.message)}`] : []),
    ...leftovers.map(({ kind, id, lastError }) => `left over: ${printable(`${kind} ${id} – ${lastError}`)}`),
    ...(approval.state === 'waiting' ? [`waits for an approver until ${time(approval.deadline)}`] : []),
    ...(hold ? [`on hold until ${time(hold.until)}`] : []),
    ...(verbs.length > 0 ? [`possible now: ${printable(verbs.join(', '))}`] : []),
  ];
}

function statusText({ status }: Operation, paint: Paint): string {
  if (status === 'active' || status === 'completed') return paint.green(status);
  if (status === 'failed' || status === 'rejected' || status === 'needs_operator') return paint.red(status);
  return paint.yellow(status);
}

function stepLine(step: Step, paint: Paint, { nextTry, now }: { nextTry: string | undefined; now: number }): string {
  const { label, state, attempts, startedAt, endedAt, error, progress } = step;
  const marks: Record<Step['state'], string> = {
    pending: paint.dim('·'),
    running: paint.yellow('●'),
    done: paint.green('✔'),
    failed: paint.red('✘'),
    compensating: paint.yellow('↺'),
    compensated: paint.dim('↺'),
    skipped: paint.dim('-'),
  };
  const isOpen = state === 'running' || state === 'compensating';
  const end = endedAt === undefined ? now : Date.parse(endedAt);
  const took = startedAt === undefined ? '' : `${(Math.max(0, end - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
  const seconds = nextTry === undefined ? 0 : Math.ceil((Date.parse(nextTry) - now) / 1000);
  return [
    `  ${marks[state]} ${printable(label).padEnd(44)}${took.padStart(9)}`,
    ...(attempts > 1 ? [`attempt ${attempts}`] : []),
    ...(isOpen && seconds > 0 ? [`next attempt in ${seconds} s`] : []),
    ...(progress && progress.pace !== 'normal'
      ? [paint.yellow(`${progress.pace}: ${printable(progress.reason)}`)]
      : []),
    ...(error && state !== 'done' ? [paint.red(`${printable(error.type)}: ${printable(error.message)}`)] : []),
  ].join('  ');
}

/** An event on one line. */
export function eventLine({ at, type, tenantId, operationId, data }: Event, { time, paint }: Output): string {
  const values = Object.entries(data).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const about = operationId ?? tenantId ?? '';
  return `${paint.dim(time(at))}  ${type.padEnd(18)}  ${printable([about, ...values].join(' '))}`;
}
