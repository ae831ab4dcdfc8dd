import type { OperationStatus } from '../../../contract/states';
import { curl, operationPath } from './calls';
import { paragraph, render, type Block, type Rendered } from './layout';
import { unlinked, utc, withoutAddresses } from './text';

/** A resource the ledger has. */
export interface HeldResource {
  kind: string;
  provider: string;
  region: string;
  id: string;
  /** What else is to be said of it: that it may exist, or why it could not be released. */
  note?: string | undefined;
}

/** A decision that is possible now. */
export interface Decision {
  /** What it does, as the beginning of a sentence: `To …`. */
  aim: string;
  /** What is sent to the operation's `/resolution`. */
  body: { verb: string; [field: string]: unknown };
}

/** What operators are told about a run. */
export interface OperatorNotice {
  operationId: string;
  tenantId: string;
  /** Where the run stands now. */
  status: OperationStatus;
  /** Label of the step it failed in. */
  step: string;
  /** How often that step was tried. */
  attempts?: number | undefined;
  failure: { type: string; message: string };
  /** What the failure catalogue advises. */
  action?: string | undefined;
  /** While on hold: when everything is undone if nobody decides. */
  holdUntil?: Date | undefined;
  /** What there is of it: on hold what was made, with leftovers those, at an end what an operator has taken over. */
  resources: HeldResource[];
  /** The mail that the tenant will not come to be could not be delivered. */
  customerNotTold?: boolean | undefined;
  /** None where nobody needs to decide. */
  decisions: Decision[];
  /** Tells this time the run came here from any other; part of each call's `Idempotency-Key`. */
  turn: string;
  /** Base URL of the API. */
  apiUrl: string;
  links: { label: string; url: string }[];
}

/** The mail to the operators; ids only, no customer's name or address. */
export function operatorMail(notice: OperatorNotice): Rendered {
  const { operationId, status, attempts, failure, action, holdUntil, resources } = notice;
  const rows: [string, string][] = [
    ['Operation', operationId],
    ['Tenant', notice.tenantId],
    ['Status', status],
    ['Step', notice.step],
    ...(attempts === undefined ? [] : [['Attempts', String(attempts)] satisfies [string, string]]),
    ['Failure', failure.type],
    ['Reason', unlinked(withoutAddresses(failure.message))],
    ...(action === undefined ? [] : [['What to do', action] satisfies [string, string]]),
    ...(holdUntil === undefined ? [] : [['Decide before', utc(holdUntil)] satisfies [string, string]]),
  ];
  const count = resources.length === 1 ? '1 leftover' : `${resources.length} leftovers`;
  return render(
    `[${status}] operation ${operationId}: ${failure.type}${status === 'needs_operator' ? `, ${count}` : ''}`,
    [
      { kind: 'facts', rows },
      ...whatThereIs(notice),
      ...(notice.customerNotTold
        ? [
            paragraph(
              'The customer was not told: the mail could not be delivered before the address became unreadable. The orderer knows the address; have the customer told by another way.',
            ),
          ]
        : []),
      ...callsOf(notice),
      ...notice.links.map((link): Block => ({ kind: 'link', ...link })),
    ],
  );
}

function whatThereIs({ status, resources }: OperatorNotice): Block[] {
  const list: Block = { kind: 'list', items: resources.map(inWords) };
  const none = resources.length === 0;
  switch (status) {
    case 'on_hold':
      return none
        ? [paragraph('Nothing has been made of it yet.')]
        : [paragraph('What has been made of it and stays while it is on hold:'), list];
    case 'needs_operator':
      return none ? [] : [paragraph('What could not be released and waits for you:'), list];
    case 'active':
      return [paragraph('The tenant is active and stays so.')];
    default:
      return none
        ? [paragraph('Nothing is left of it at any provider.')]
        : [paragraph('Nothing is left of it but what an operator has taken over:'), list];
  }
}

function inWords({ kind, provider, region, id, note }: HeldResource): string {
  return `${kind} ${id} (${provider}, ${region})${note === undefined ? '' : `: ${unlinked(withoutAddresses(note))}`}`;
}

function callsOf({ operationId, status, decisions, holdUntil, turn, apiUrl }: OperatorNotice): Block[] {
  if (decisions.length === 0) return [];
  const calls = decisions.flatMap(({ aim, body }): Block[] => [
    paragraph(`${aim}:`),
    curl({
      apiUrl,
      path: `${operationPath(operationId)}/resolution`,
      body,
      idempotencyKey: `${operationId}-${turn}-${body.verb}`,
    }),
  ]);
  return [
    paragraph(
      'Decide with one of these calls, with your own token in API_TOKEN. Each acts once, and the first one wins.',
    ),
    ...calls,
    paragraph(
      status === 'on_hold' && holdUntil
        ? `Without a decision before ${utc(holdUntil)} everything is undone.`
        : 'Until you decide the run stays open and its name taken.',
    ),
  ];
}
