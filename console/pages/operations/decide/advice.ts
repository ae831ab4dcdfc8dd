import type { Operation } from '../../../../clients/typescript/src/types';
import { rulesOf } from '../../../../contract/operations/kinds';
import { rolesFor } from '../../../api/access';
import { labelOf } from './amendment';

/** What a person may do about an operation now, for readers who see the product for the first time. */
export interface Advice {
  /** How things stand, and whether anybody has to act. Names between backticks are code. */
  situation: string;
  /** The verbs to choose from, as the page's buttons are labelled, and when each is right. */
  choices: readonly (readonly [label: string, when: string])[];
  /** Moment up to which a decision counts. */
  until?: string | undefined;
}

/** Advice on an operation that waits, does not get on, or has ended without doing what it was asked to; undefined if there is nothing to do. */
export function adviceOn(operation: Operation, me: string | undefined): Advice | undefined {
  switch (operation.status) {
    case 'awaiting_approval':
      return approval(operation, me);
    case 'on_hold':
      return hold(operation);
    case 'needs_operator':
      return leftovers(operation);
    case 'grace':
      return grace(operation);
    case 'compensating':
      return stuck(operation) ?? undoing(operation);
    case 'failed':
    case 'rejected':
    case 'cancelled':
      return ended(operation);
    default:
      return stuck(operation);
  }
}

/** The roles that decide on an order, in words. */
const DECIDES = rolesFor('decideApproval')
  .map((role) => `\`${role}\``)
  .join(' or ');

function approval({ approval: { deadline }, requestedBy, verbs }: Operation, me: string | undefined): Advice {
  return {
    situation: `The order goes beyond its plan: see the differences in the section “Order” below. Nothing has been made outside the control plane yet.${
      requestedBy === me
        ? ` You placed the order, so another person with the role ${DECIDES} has to decide.`
        : ` A person with the role ${DECIDES} who did not place the order decides.`
    } Without a decision in time, the order counts as rejected.`,
    choices: choicesOf(verbs, {
      approve: ['Approve', 'if the customer may have what differs from the plan. The order goes on at once.'],
      reject: ['Reject', 'if not. The order ends, its name is free again, and the customer is told.'],
    }),
    until: deadline,
  };
}

function hold({ kind, failure, steps, hold: held, verbs }: Operation): Advice {
  const failed = steps.filter(({ state }) => state === 'failed').map(({ label }) => `“${label}”`);
  const blames = failure?.pointer === undefined ? '' : ` The failure blames “${labelOf(failure.pointer)}”.`;
  const what = kind === 'provision' ? 'The tenant is not made' : 'The tenant is as it was before';
  return {
    situation: `${failed.length > 0 ? failed.join(' and ') : 'A step'} failed and cannot succeed as things are: “What failed, and why” says what happened. Nothing runs, and everything that was made stays. An operator chooses; without a choice in time, everything is undone.`,
    choices: choicesOf(verbs, {
      amend: ['Amend and retry', `if a value of the order is the cause.${blames}`],
      retry: ['Retry', 'if the cause lay outside the order, at a provider for instance, and is gone.'],
      skip: ['Skip', 'if the tenant can do without what the step makes. The tenant’s page says so from then on.'],
      compensate: ['Undo now', `if the operation cannot be completed. ${what}, and the operation ends as failed.`],
    }),
    until: held?.until,
  };
}

function leftovers({ kind, verbs }: Operation): Advice {
  const state =
    kind === 'deprovision'
      ? 'The tenant is closed and does not come back'
      : 'The name stays taken, and no other operation of the tenant can begin';
  return {
    situation: `What is listed under “Left over” could not be removed, or could not be checked. ${state}. There is no deadline. Start with the last error of each: most often a provider does not answer, or refuses our credentials.`,
    choices: choicesOf(verbs, {
      retry: ['Retry', 'once the cause is repaired. Repeating is safe: it skips what is already gone.'],
      accept: [
        'Accept leftovers',
        'if the program cannot remove something. Remove it by hand at its provider: the program never touches it again.',
      ],
    }),
  };
}

function grace({ verbs }: Operation): Advice {
  return {
    situation:
      'The tenant is closed, and nothing of it is deleted yet. The removal begins by itself at the end of the grace period, or of a legal hold if one stands longer, and cannot be called off from then on.',
    choices: choicesOf(verbs, {
      cancel: ['Cancel operation', 'if the tenant is to stay. It is opened again as it was.'],
    }),
  };
}

const ENDED_BECAUSE: Readonly<Record<string, string>> = {
  rejected: 'An approver rejected the order, or none decided in time.',
  cancelled: 'The order was cancelled.',
};

function ended({ kind, status, leftovers: left }: Operation): Advice {
  const except = left.length === 0 ? '' : ', except for the leftovers that an operator has accepted';
  if (kind !== 'provision')
    return {
      situation: `“${rulesOf(kind).title}” was not done: the tenant is as it was before${except}. Once the cause under “What failed, and why” is gone, start it again on the tenant’s page.`,
      choices: [],
    };
  const why = ENDED_BECAUSE[status];
  return {
    situation: `${why ?? 'The tenant could not be made.'} Everything was undone${except}, and the name is free. ${why ? 'To have the tenant after all, order it again.' : 'Correct what “What failed, and why” names, then order again.'}`,
    choices: [],
  };
}

/** An undo that makes progress, or whose first failure is being repeated. */
function undoing({ steps }: Operation): Advice {
  const repeated = steps.filter(({ state, nextTry }) => state === 'compensating' && nextTry !== undefined);
  const names = repeated.map(({ label }) => `“${label}”`).join(' and ');
  return {
    situation: `What was made is being undone, step by step. ${
      repeated.length === 0 ? '' : `An attempt to undo ${names} failed and is repeated. `
    }There is nothing to do yet: the operation ends by itself, or names here what it could not remove.`,
    choices: [],
  };
}

/** Steps that do not get on. The API's reason names either task queues from which no worker takes the work, or the attempt that is repeated. */
function stuck({ steps, verbs, kind, status }: Operation): Advice | undefined {
  const late = steps.filter(({ progress }) => progress?.pace === 'stuck');
  if (late.length === 0) return undefined;
  const reasons = late.map(({ label, progress }) => `“${label}”: ${progress!.reason}`).join(' ');
  const unpolled = late.map(({ progress }) => progress!.reason).filter((reason) => UNPOLLED.test(reason));
  const queues = [...new Set(unpolled.flatMap((reason) => reason.match(/(?<=`)[^`\s]+(?=`)/g) ?? []))];
  const remedy =
    unpolled.length > 0
      ? workerFor(queues)
      : 'Make sure that the provider named there runs, that the region’s worker can reach it, and that our credentials there are valid. Every failed attempt is listed under “What failed, and why”.';
  const end =
    status === 'compensating'
      ? 'The undo goes on by itself as soon as it can. If its time runs out first, the operation waits here for an operator with what is left over, and the name stays taken until then.'
      : 'Nothing is lost meanwhile: the operation goes on by itself as soon as it can.';
  return {
    situation: `${reasons} ${remedy} ${end}`,
    choices: choicesOf(verbs, {
      cancel: [
        'Cancel operation',
        kind === 'provision'
          ? 'if the tenant is no longer wanted. The undo needs the same workers and providers, so what it cannot reach is named as left over.'
          : 'if the change is no longer wanted. The way back needs the same workers and providers.',
      ],
    }),
  };
}

/** How the API begins a reason that is the lack of a worker. */
const UNPOLLED = /^(No worker on|Due since|Attempt \d+ has been due since)/;

/** What to do about queues from which no worker takes the work. */
function workerFor(queues: readonly string[]): string {
  const regions = queues.filter((queue) => queue.startsWith('region.')).map((queue) => `\`${queue.slice(7)}\``);
  const setting =
    regions.length === 0 ? '' : ` whose \`WORKER_REGIONS\` names ${regions.join(' and ')}, or that has no such setting`;
  return `Start a process \`worker\`${setting}. If it runs, its log says \`not ready yet\` and what it waits for (standard output; with \`npm run up\`, \`.local/logs/worker.log\`).`;
}

/** Those choices that are possible now. */
function choicesOf(
  verbs: readonly string[],
  choices: Record<string, readonly [label: string, when: string]>,
): Advice['choices'] {
  return Object.entries(choices)
    .filter(([verb]) => verbs.includes(verb))
    .map(([, choice]) => choice);
}
