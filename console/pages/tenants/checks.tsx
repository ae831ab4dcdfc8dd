import { useFilters, ChoiceFilter, TextFilter } from '../../parts/forms/filters';
import { capital, providerText } from '../../../contract/ledger/labels';
import { EmptyState } from '../../parts/states/empty-state';
import { Icon } from '../../parts/icon';
import { Prose } from '../../parts/prose';
import { countText } from '../../parts/quantities';
import { Section } from '../../parts/section';
import { Time } from '../../parts/time';
import { adviceOnCheck, areaOf, findingsOf, type Answer, type Finding } from './check-advice';

/** The latest answer to each check: what does not hold first, then what holds, by what it is about. */
export function Checks({ answers }: { answers: readonly Answer[] }) {
  const [{ area, find }, change] = useFilters(['area', 'find']);
  const words = find?.toLowerCase() ?? '';
  const isShown = ({ check, claim, answered }: Answer): boolean =>
    (area === undefined || areaOf(check) === area) &&
    [check, claim, answered].some((text) => text.toLowerCase().includes(words));
  const findings = findingsOf(answers).filter(({ answer, breaks }) => [answer, ...breaks].some(isShown));
  const areas = [...new Set(answers.map(({ check }) => areaOf(check)))].sort();
  const held = answers.filter((answer) => answer.passed && isShown(answer));
  const failed = answers.filter(({ passed }) => !passed).length;
  return (
    <Section
      title="Checks"
      note={failed === 0 ? `all ${answers.length} hold` : `${failed} of ${answers.length} do not hold`}
    >
      {answers.length === 0 ? (
        <EmptyState title="Nothing has been checked yet">The ninth step of the provisioning does.</EmptyState>
      ) : (
        <>
          <div className="filters" role="search">
            <ChoiceFilter
              label="About"
              value={area}
              choices={areas}
              wordsOf={(name) => name}
              onChange={(chosen) => change({ area: chosen })}
            />
            <TextFilter
              label="Words"
              value={find}
              hint="claim, answer, check"
              onChange={(text) => change({ find: text })}
            />
          </div>
          {findings.length === 0 && held.length === 0 && (
            <EmptyState title="No check matches">Clear a filter to see more.</EmptyState>
          )}
          <ul className="check-list">
            {findings.map((finding) => (
              <Failed key={finding.answer.hash} finding={finding} />
            ))}
          </ul>
          {areas.map((name) => (
            <HeldGroup
              key={name}
              name={name}
              answers={held.filter(({ check }) => areaOf(check) === name)}
              isOpen={area !== undefined || find !== undefined}
            />
          ))}
        </>
      )}
    </Section>
  );
}

interface HeldGroupProps {
  name: string;
  answers: readonly Answer[];
  isOpen: boolean;
}

function HeldGroup({ name, answers, isOpen }: HeldGroupProps) {
  if (answers.length === 0) return null;
  return (
    <details className="check-group" open={isOpen}>
      <summary>
        {name}: {answers.length} {answers.length === 1 ? 'holds' : 'hold'}
      </summary>
      <ul className="check-list">
        {answers.map((answer) => (
          <Held key={answer.hash} answer={answer} />
        ))}
      </ul>
    </details>
  );
}

function Held({ answer: { check, claim, provider, region, answered, at } }: { answer: Answer }) {
  return (
    <li data-passed>
      <Icon name="check" />
      <span>
        <span className="visually-hidden">Holds: </span>
        {capital(claim)}
      </span>
      <Time at={at} />
      <span className="muted">
        <code>{check}</code> {/* Evidence of earlier releases names a rule's severity also where the rule holds. */}
        {placeOf(provider, region)}: {answered.replace(/^(?:fail|warn): (?=holds)/, '')}
      </span>
    </li>
  );
}

function Failed({ finding: { answer, breaks } }: { finding: Finding }) {
  const { check, claim, provider, region, answered, at } = answer;
  return (
    <li data-passed={false}>
      <Icon name="cross" />
      <span>
        <span className="visually-hidden">Does not hold: </span>
        {capital(claim)}
      </span>
      <Time at={at} />
      <span className="verdict">
        <span>
          Expected to hold, but the answer of {placeOf(provider, region)} is: <strong>{answered}</strong>
        </span>
        {breaks.length > 0 && (
          <span>
            It breaks {countText(breaks.length, 'rule')} of the baseline:{' '}
            {breaks.map((rule) => `“${capital(rule.claim)}” (${severityOf(rule)})`).join(', ')}.
          </span>
        )}
        <span>
          <Prose text={adviceOnCheck(check)} />
        </span>
        <span className="muted">
          Check <code>{check}</code>
          {breaks.map((rule) => (
            <span key={rule.hash}>
              {' '}
              and rule <code>{rule.check}</code>
            </span>
          ))}
        </span>
      </span>
    </li>
  );
}

function placeOf(provider: string, region: string): string {
  return provider === 'baseline' ? 'the baseline' : providerText(provider, region);
}

/** What a broken rule means for the tenant. */
function severityOf({ answered }: Answer): string {
  return answered.startsWith('warn: ')
    ? 'a warning: the tenant becomes active all the same'
    : 'it keeps the tenant from becoming active';
}
