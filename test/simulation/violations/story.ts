import { INVARIANTS, type Violation } from './check';
import type { Plan, PlannedEvent } from '../plan/plan';
import { wordsOf } from '../world/people';
import type { Simulated } from '../world/stage';

/** The plan and the events of a run, in plain words. */
export function storyOf({ plan, world }: Simulated, found: readonly Violation[]): string {
  const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`.padStart(12);
  return [
    `Seed ${plan.seed}: ${orderOf(plan)}.`,
    ...plan.events.map(
      (event) => `  planned: ${eventOf(event)}${world.fired.has(event) ? '' : ' (did not come to pass)'}`,
    ),
    ...world.story.map(({ at, what }) => `${seconds(at - world.clock.start)}  ${what}`),
    ...found.map(({ id, what }) => `VIOLATED ${id}, ${INVARIANTS[id]}: ${what}`),
    ...(found.length === 0 ? ['Everything held.'] : []),
  ].join('\n');
}

function orderOf({ plan, needsApproval, holds, approvalDeadlineSeconds }: Plan): string {
  return [
    `an order of plan ${plan}`,
    ...(needsApproval ? [`that waits for an approver for up to ${approvalDeadlineSeconds} s`] : []),
    ...(holds && plan !== 'starter' ? ['that holds where a step fails'] : []),
  ].join(' ');
}

function eventOf(event: PlannedEvent): string {
  switch (event.event) {
    case 'away':
      return `${event.who} is ${event.silent ? 'frozen' : 'down'} from ${event.at} s for ${event.seconds} s`;
    case 'mishap':
      return `call ${event.nth} of ${event.call}: ${event.how}, ${event.seconds} s`;
    case 'refusal':
      return `call ${event.nth} of ${event.call} is refused for good`;
    case 'statement':
      return `the line to the registry breaks ${event.how} statement ${event.nth}`;
    case 'logins':
      return `${event.failures} wrong logins of the first admin before request ${event.nth} of step 9 at Keycloak`;
    case 'clock':
      return `the worker's clock jumps by ${event.seconds} s at ${event.at} s`;
    case 'action':
      return `${wordsOf(event.action)} at ${event.at} s${event.when === undefined ? '' : `, once the operation is ${event.when}`}`;
  }
}
