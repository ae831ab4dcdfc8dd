import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { capital } from '../../../contract/ledger/labels';
import { adviceFor, meaningFor } from '../../../contract/operations/advice-for';
import { FAILURE_GUIDE } from '../../../contract/operations/failure-guide';
import { FAILURES, isFailureType } from '../../../contract/operations/failures';
import { api } from '../../api/client';
import type { Key } from '../../api/live';
import { Prose } from '../../parts/prose';
import { Section } from '../../parts/section';
import { Time } from '../../parts/time';
import { labelOf as fieldLabel } from './decide/amendment';
import { withPlainVerbs } from './decide/verb-words';

type Attempt = components['schemas']['OperationAttempt'];

/** An attempt that has failed. */
export type FailedAttempt = Attempt & { error: NonNullable<Attempt['error']> };

/** Failed attempts of one step with the same type of error, oldest first. */
interface Group {
  step: string;
  type: string;
  attempts: FailedAttempt[];
}

/** Why the operation stopped going forward, and every failed attempt, each with the guide's advice. */
export function Failures({ operation }: { operation: Operation }) {
  const { operationId, failure, steps } = operation;
  // What stopped the operation is said with it.
  const groups = groupsOf(useAttempts(operationId)).filter(
    ({ attempts }) => attempts.length > 1 || attempts[0]?.error.message !== failure?.message,
  );
  if (!failure && groups.length === 0) return null;
  const labelOf = (step: string): string => steps.find(({ id }) => id === step)?.label ?? step;
  return (
    <Section title="What failed, and why">
      <ul className="failures">
        {failure && (
          <li className="failure">
            <h3>The operation stopped in “{labelOf(failure.step)}”</h3>
            <p>
              <strong>{titleOf(failure.type)}.</strong>{' '}
              {!failure.message.startsWith(titleOf(failure.type)) && <Prose text={failure.message} />}
            </p>
            {failure.pointer && <p className="muted">Field of the order: {fieldLabel(failure.pointer)}</p>}
            <Advice type={failure.type} operation={operation} />
          </li>
        )}
        {groups.map((group) => {
          const isSaid = failure?.step === group.step && failure.type === group.type;
          const step = steps.find(({ id }) => id === group.step);
          return (
            <li key={`${group.step} ${group.type}`} className="failure" data-over={isSaid || step?.state === 'done'}>
              <h3>
                {labelOf(group.step)}: {titleOf(group.type)}
              </h3>
              {!isSaid && step?.state !== 'done' && <Advice type={group.type} operation={operation} />}
              <Attempts attempts={group.attempts} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Attempts({ attempts }: Pick<Group, 'attempts'>) {
  return (
    <ol className="attempts">
      {runsOf(attempts).map(({ first, last, count }) => (
        <li key={`${first.activity} ${first.attempt} ${first.startedAt}`}>
          <Time at={last.endedAt ?? last.startedAt} as="clock" />
          <span>
            {count === 1 ? `Attempt ${last.attempt}` : `Attempts ${first.attempt} to ${last.attempt}`}
            {last.direction === 'compensation' && ' of the undo'}
            {count > 1 && (
              <>
                , {count} since <Time at={first.startedAt} as="clock" />, all failed alike
              </>
            )}
            : {last.error.message}
            {last.nextTry && (
              <span className="muted">
                {' '}
                Next attempt <Time at={last.nextTry} as="clock" />
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Attempts of an activity that followed one another and failed alike. */
interface Run {
  first: FailedAttempt;
  last: FailedAttempt;
  count: number;
}

/** An outage may take hundreds of attempts, which differ in their numbers and times only: they are told once, with the last message. */
export function runsOf(attempts: readonly FailedAttempt[]): Run[] {
  const runs: Run[] = [];
  for (const attempt of attempts) {
    const run = runs.find(({ last }) => last.attempt === attempt.attempt - 1 && isAlike(last, attempt));
    if (run) Object.assign(run, { last: attempt, count: run.count + 1 });
    else runs.push({ first: attempt, last: attempt, count: 1 });
  }
  return runs;
}

function isAlike(a: FailedAttempt, b: FailedAttempt): boolean {
  const kindOf = ({ activity, direction, error }: FailedAttempt): string =>
    [activity, direction, error.message.replaceAll(/\d+/g, '0')].join(' ');
  return kindOf(a) === kindOf(b);
}

/** What a failure means, and what to do about it in the operation's present state. */
function Advice({ type, operation: { status, verbs } }: { type: string; operation: Operation }) {
  if (!isFailureType(type)) return null;
  const { means, who, action } = FAILURE_GUIDE[type];
  // Whatever the cause: while the run waits, only an operator can let it go on.
  const actor = status === 'on_hold' || status === 'needs_operator' ? 'operator' : who;
  return (
    <dl className="advice">
      <dt>What it means</dt>
      <dd>
        <Prose text={meaningFor(status, means)} />
      </dd>
      <dt>What to do</dt>
      <dd>
        {actor !== 'nobody' && <em>{capital(actor)}: </em>}
        <Prose text={withPlainVerbs(adviceFor(status, action, verbs))} />
      </dd>
    </dl>
  );
}

function useAttempts(operationId: string): readonly Attempt[] {
  const key: Key = ['step', { id: operationId, attempts: true }];
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/operations/{operationId}/attempts', { params: { path: { operationId } }, signal })),
  });
  return data?.items ?? [];
}

function groupsOf(attempts: readonly Attempt[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { error, ...attempt } of attempts) {
    if (!error) continue;
    const key = `${attempt.step} ${error.type}`;
    const group = groups.get(key) ?? { step: attempt.step, type: error.type, attempts: [] };
    group.attempts.push({ ...attempt, error });
    groups.set(key, group);
  }
  return [...groups.values()];
}

function titleOf(type: string): string {
  return isFailureType(type) ? FAILURES[type].title : type;
}
