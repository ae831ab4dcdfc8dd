import { capital, resourceLabel } from '../../../contract/ledger/labels';
import { rulesOf } from '../../../contract/operations/kinds';
import { FAILURES, isFailureType } from '../../../contract/operations/failures';
import type { Step } from '../../../contract/operations/steps';
import type { Event, Operation } from '../../../clients/typescript/src/types';
import { verbWords } from './decide/verb-words';
import { inWords } from '../../parts/state-badge';

type Data = Event['data'];
type Words = (data: Data, step: string) => string;

const WORDS: Partial<Record<Event['type'], Words>> = {
  'operation.status': ({ from, status }) =>
    from === undefined ? 'Accepted' : `${capital(inWords(String(status)))}, formerly ${inWords(text(from))}`,
  'operation.held': (data, step) => `Waits for an operator: ${step || 'a step'} has failed${failureOf(data)}`,
  'operation.leftovers': ({ count }) =>
    count === 0 ? 'Nothing is left over any more' : `${text(count)} left over: an operator is needed`,
  'step.state': ({ state }, step) => `${step}: ${inWords(String(state))}`,
  'step.attempt': (data, step) =>
    data['state'] === 'failed'
      ? `${step}: attempt ${text(data['attempt'])} failed${failureOf(data)}`
      : `${step}: attempt ${text(data['attempt'])} begun`,
  'resource.state': ({ kind, region, state }) =>
    `${resourceLabel(text(kind))} in ${text(region)}: ${inWords(text(state))}`,
  'approval.asked': () => 'Approvers were asked',
  'approval.decided': ({ decision }) => (decision === 'approve' ? 'Approved' : 'Rejected'),
  'approval.expired': () => 'No approver decided in time',
  'resolution.taken': ({ verb, steps }) =>
    `An operator chose to ${verbWords(text(verb))}${Array.isArray(steps) && steps.length > 0 ? `: ${steps.join(', ')}` : ''}`,
  'evidence.recorded': ({ failed, answers }) =>
    failed === 0
      ? `Evidence recorded: ${answers === 1 ? '1 answer' : `${text(answers)} answers`}, all as expected`
      : `Evidence recorded: ${text(failed)} of ${text(answers)} answers, those of the baseline’s rules included, are not as expected. The tenant’s evidence says which, and whether they are warnings only`,
  'tenant.state': ({ state }) => `The tenant is now ${text(state)}`,
};

/** An event as a sentence. Types that a later version has added are named as they are. */
export function eventWords({ type, data }: Event, kind: Operation['kind']): string {
  const step =
    typeof data['step'] === 'string' ? (rulesOf(kind).steps[data['step'] as Step]?.label ?? data['step']) : '';
  const words = WORDS[type];
  return words ? words(data, step) : `${inWords(type.replace('.', ' '))} ${text(data['state'] ?? '')}`.trim();
}

function failureOf({ failure }: Data): string {
  if (typeof failure !== 'string') return '';
  return ` – ${isFailureType(failure) ? FAILURES[failure].title : failure}`;
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}
