import { Fragment } from 'react';
import type { Operation } from '../../../../clients/typescript/src/types';
import { useSession } from '../../../api/session';
import { Prose } from '../../../parts/prose';
import { Section } from '../../../parts/section';
import { Time } from '../../../parts/time';
import { adviceOn } from './advice';
import { useVerbs } from './verbs';

/** Says what a person can do about the operation now, and when which choice is right. Absent if there is nothing to do. */
export function WhatToDo({ operation }: { operation: Operation }) {
  const { possible } = useVerbs(operation);
  const advice = adviceOn({ ...operation, verbs: possible }, useSession().data?.user.id);
  if (!advice) return null;
  const { situation, choices, until } = advice;
  return (
    <Section
      title="What to do now"
      note={
        until !== undefined && (
          <>
            decide <Time at={until} as="relative" />
          </>
        )
      }
    >
      <p>
        <Prose text={situation} />
      </p>
      {choices.length > 0 && (
        <dl className="advice">
          {choices.map(([label, when]) => (
            <Fragment key={label}>
              <dt>{label}</dt>
              <dd>{when}</dd>
            </Fragment>
          ))}
        </dl>
      )}
    </Section>
  );
}
