import { useQuery } from '@tanstack/react-query';
import type { components } from '../../../clients/typescript/generated/api';
import { dataOf } from '../../../clients/typescript/src/client';
import type { Operation } from '../../../clients/typescript/src/types';
import { capital } from '../../../contract/ledger/labels';
import { adviceFor } from '../../../contract/operations/advice-for';
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

/** Failed attempts of one step with the same type of error, oldest first. */
interface Group {
  step: string;
  type: string;
  attempts: (Attempt & { error: NonNullable<Attempt['error']> })[];
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
              <strong>{titleOf(failure.type)}.</strong> <Prose text={failure.message} />
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
      {attempts.map(({ activity, attempt, direction, startedAt, endedAt, error, nextTry }) => (
        <li key={`${activity} ${attempt} ${startedAt}`}>
          <Time at={endedAt ?? startedAt} as="clock" />
          <span>
            Attempt {attempt}
            {direction === 'compensation' && ' of the undo'}: {error.message}
            {nextTry && (
              <span className="muted">
                {' '}
                Next attempt <Time at={nextTry} as="clock" />
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
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
        <Prose text={means} />
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
