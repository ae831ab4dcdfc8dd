import type { components } from '../../../clients/typescript/generated/api';
import { durationText } from '../../../contract/estimates/words';
import { providerText, resourceLabel } from '../../../contract/ledger/labels';
import { Icon } from '../../parts/icon';
import { Problem } from '../../parts/states/problem';
import { Facts, Section } from '../../parts/section';
import { Skeleton } from '../../parts/states/skeleton';
import { inWords, StateBadge } from '../../parts/state-badge';
import { money } from './money';
import { labelAt } from './names';
import type { Preview } from './preview';
import { quantityLabel } from './quantity-names';

type Answer = components['schemas']['OrderPreview'];

/** What the order would do: price, place and why, duration, approvals; or what is still wrong. */
export function PreviewPanel({ preview: { data, error, isFetching } }: { preview: Preview }) {
  return (
    <Section title="What this order would do" note={isFetching ? 'Looking…' : undefined}>
      <div className="preview" aria-live="polite">
        {error && <Problem error={error} />}
        {!data && !error && <Skeleton lines={6} />}
        {data && <Summary answer={data} />}
      </div>
    </Section>
  );
}

function Summary({ answer }: { answer: Answer }) {
  const { possible, violations, notes = [], unknown } = answer;
  return (
    <>
      <p>
        <StateBadge
          state={possible ? 'possible' : 'not possible'}
          tone={possible ? 'ok' : 'warning'}
          label={possible ? 'Can be ordered' : countOf(violations.length)}
        />
      </p>
      {!possible && (
        <ul className="violations">
          {violations.map(({ pointer, detail }) => (
            <li key={`${pointer} ${detail}`}>
              {pointer && <strong>{labelAt(pointer)}:</strong>} {detail}
            </li>
          ))}
        </ul>
      )}
      {possible &&
        notes.map(({ pointer, detail }) => (
          <p key={pointer} className="note">
            <Icon name="warning" /> {detail}
          </p>
        ))}
      <Facts
        facts={[
          ['Price', answer.price && priceOf(answer.price)],
          ['Region', answer.region && regionOf(answer.region)],
          ['Residency', answer.residency?.explanation],
          ['Approval', answer.approvals && approvalOf(answer.approvals)],
          ['Duration', answer.duration && durationOf(answer.duration)],
          [
            'Room',
            answer.capacity && `${answer.capacity.places.toLocaleString()} more such tenants fit into the region`,
          ],
          ['Would be made', answer.resources && resourcesOf(answer.resources)],
        ]}
      />
      {possible &&
        unknownOf(unknown).map(([reason, parts]) => (
          <p key={reason} className="hint">
            Not known: {parts.join(', ')}. {reason}
          </p>
        ))}
    </>
  );
}

/** Parts that are not known, by the reason. Most of what is wrong with an order leaves several unknown. */
function unknownOf(unknown: Answer['unknown']): [reason: string, parts: string[]][] {
  const reasons = [...new Set(unknown.map(({ reason }) => reason))];
  return reasons.map((reason) => [
    reason,
    unknown.filter((each) => each.reason === reason).map(({ part }) => inWords(part.replace('.', ': '))),
  ]);
}

function countOf(violations: number): string {
  return violations === 1 ? 'One thing is missing or wrong' : `${violations} things are missing or wrong`;
}

function priceOf({ currency, now, later, trial, invoice }: NonNullable<Answer['price']>): string {
  const first = `${money(invoice?.due ?? now.amount, currency)} at activation`;
  const then = `${money(later.amount, currency)} every further ${later.every}`;
  return `${trial ? `${trial.days} days on trial, then ` : ''}${first}, ${then}`;
}

function regionOf({ region, jurisdiction, chosen, passedOver }: NonNullable<Answer['region']>) {
  return (
    <>
      {region} ({jurisdiction}), {chosen === 'named' ? 'as the order names it' : 'the first that is suitable'}
      {passedOver.map((other) => (
        <span key={other.region} className="hint">
          <br />
          Not {other.region}: {other.reason}
        </span>
      ))}
    </>
  );
}

function approvalOf({ required, withinSeconds }: NonNullable<Answer['approvals']>): string {
  if (required.length === 0) return 'Not needed';
  return `Needed for ${required.map(quantityLabel).join(', ')}; an approver has ${durationText(withinSeconds)} to decide`;
}

function durationOf({ likelySeconds, lateSeconds, samples }: NonNullable<Answer['duration']>): string {
  return `Likely ${durationText(likelySeconds)}, at most ${durationText(lateSeconds)} in nine of ten cases (${samples} earlier orders)`;
}

function resourcesOf(resources: NonNullable<Answer['resources']>) {
  return (
    <details>
      <summary>{resources.length} resources</summary>
      <ul>
        {resources.map(({ provider, kind, region }) => (
          <li key={`${provider} ${kind} ${region}`}>
            {resourceLabel(kind)} ({providerText(provider, region)})
          </li>
        ))}
      </ul>
    </details>
  );
}
