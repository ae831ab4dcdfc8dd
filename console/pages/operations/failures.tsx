import type { Operation } from '../../../clients/typescript/src/types';
import { FAILURE_GUIDE } from '../../../contract/operations/failure-guide';
import { FAILURES, isFailureType } from '../../../contract/operations/failures';
import { Section } from '../../parts/section';
import { Time } from '../../parts/time';

/** Why the operation stopped going forward, and the last error of every step that has one, with advice. */
export function Failures({ operation: { failure, steps } }: { operation: Operation }) {
  const failed = steps.filter(({ error, state }) => error && state !== 'done');
  const recovered = steps.filter(({ error, state }) => error && state === 'done');
  if (!failure && failed.length === 0 && recovered.length === 0) return null;
  return (
    <Section title="What failed, and why">
      <ul className="failures">
        {failure && (
          <Failure
            title={`The operation stopped in “${steps.find(({ id }) => id === failure.step)?.label ?? failure.step}”`}
            type={failure.type}
            message={failure.message}
            pointer={failure.pointer}
          />
        )}
        {failed
          .filter(({ id, error }) => id !== failure?.step || error?.message !== failure.message)
          .map(({ id, label, error, nextTry }) => (
            <Failure key={id} title={label} type={error!.type} message={error!.message} nextTry={nextTry} />
          ))}
        {recovered.map(({ id, label, error, attempts }) => (
          <Failure
            key={id}
            title={`${label}: done at attempt ${attempts}; one before failed`}
            type={error!.type}
            message={error!.message}
            isOver
          />
        ))}
      </ul>
    </Section>
  );
}

interface FailureProps {
  title: string;
  type: string;
  message: string;
  pointer?: string | undefined;
  nextTry?: string | undefined;
  /** Nothing needs to be done about it any more. */
  isOver?: boolean;
}

function Failure({ title, type, message, pointer, nextTry, isOver = false }: FailureProps) {
  const guide = isFailureType(type) ? FAILURE_GUIDE[type] : undefined;
  return (
    <li className="failure" data-over={isOver}>
      <h3>{title}</h3>
      <p>
        <strong>{isFailureType(type) ? FAILURES[type].title : type}.</strong> {message}
      </p>
      {pointer && (
        <p className="muted">
          Field of the order: <code>{pointer}</code>
        </p>
      )}
      {guide && !isOver && (
        <dl className="advice">
          <dt>What it means</dt>
          <dd>{guide.means}</dd>
          <dt>What to do</dt>
          <dd>
            {guide.who !== 'nobody' && <em>{guide.who}: </em>}
            {guide.action.replaceAll('`', '')}
          </dd>
        </dl>
      )}
      {nextTry && (
        <p className="muted">
          Next attempt <Time at={nextTry} as="relative" />
        </p>
      )}
    </li>
  );
}
