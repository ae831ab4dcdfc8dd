import type { Operation } from '../../../../clients/typescript/src/types';
import { Section } from '../../../parts/section';
import { inWords, StateBadge } from '../../../parts/state-badge';
import { Time } from '../../../parts/time';
import { verbWords } from './verb-words';

/** What people were asked and have decided, and mail that has not reached them. */
export function Decisions({ operation: { approval, resolutions = [], handover, undelivered = [] } }: DecisionsProps) {
  const isAsked = approval.state !== 'not_required';
  if (!isAsked && resolutions.length === 0 && !handover && undelivered.length === 0) return null;
  return (
    <Section title="People">
      <ul className="decisions">
        {isAsked && (
          <li>
            <strong>Approval</strong> <StateBadge state={approval.state} />
            {approval.decision ? (
              <span>
                by {approval.decision.by}, <Time at={approval.decision.at} />
                {approval.decision.comment && <>: “{approval.decision.comment}”</>}
                {!approval.decision.verified && ' (not through this API: the author is not known)'}
              </span>
            ) : (
              approval.deadline && (
                <span>
                  decision due <Time at={approval.deadline} as="relative" />
                </span>
              )
            )}
          </li>
        )}
        {resolutions.map(({ verb, by, at, reason }) => (
          <li key={`${at} ${verb}`}>
            <strong>{verbWords(verb)}</strong> by {by}, <Time at={at} />
            {reason && <>: “{reason}”</>}
          </li>
        ))}
        {handover && (
          <li>
            <strong>First admin’s credentials</strong> <StateBadge state={handover.state} />
            {handover.problem && <span>{handover.problem}</span>} {handover.action && <span>{handover.action}</span>}
          </li>
        )}
        {undelivered.map(({ purpose, to, state, problem, action }) => (
          <li key={`${purpose} ${to}`}>
            <strong>
              Mail “{inWords(purpose)}” to {inWords(to)}
            </strong>{' '}
            <StateBadge state={state} /> {problem} {action}
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface DecisionsProps {
  operation: Operation;
}
