import { rulesOf, type OperationKind } from '../../../contract/operations/kinds';
import type { OperationStatus } from '../../../contract/operations/states';
import { curl, operationPath } from '../calls';
import { paragraph, render, type Block, type Rendered } from '../layout';
import { endingOf, wordsFor } from '../operator-words';
import { unlinked, utc, withoutAddresses } from '../text';

/** A resource that the ledger lists. */
export interface HeldResource {
  kind: string;
  provider: string;
  region: string;
  id: string;
  /** A remark: that it may not exist after all, or why it could not be released. */
  note?: string | undefined;
}

/** A decision that an operator can take now. */
export interface Decision {
  /** Its purpose, as the beginning of a sentence: `To …`. */
  aim: string;
  /** Request body for the operation's `/resolution`. */
  body: { verb: string; [field: string]: unknown };
}

/** Content of the mail to the operators about a run. */
export interface OperatorNotice {
  operationId: string;
  kind: OperationKind;
  tenantId: string;
  /** The operation's status when the mail is composed. */
  status: OperationStatus;
  /** Label of the step that failed. */
  step: string;
  /** Number of attempts at that step. */
  attempts?: number | undefined;
  failure: { type: string; message: string };
  /** The failure catalogue's advice. */
  action?: string | undefined;
  /** While on hold: the deadline, after which everything is undone. */
  holdUntil?: Date | undefined;
  /** Whether the run has passed its pivot, from where it only goes forward. */
  pastPivot: boolean;
  /** On hold: the resources made or changed so far. With leftovers: the leftovers. At an end: the leftovers that an operator took over. */
  resources: HeldResource[];
  /** The mail telling the customer that their tenant could not be set up was not delivered. */
  customerNotTold?: boolean | undefined;
  /** Empty if no decision is needed. */
  decisions: Decision[];
  /** Distinguishes this occurrence of the status from earlier ones; part of each call's `Idempotency-Key`. */
  turn: string;
  /** Base URL of the API. */
  apiUrl: string;
  links: { label: string; url: string }[];
}

/** Renders the mail to the operators. It holds ids only, no customer's name or address. */
export function operatorMail(notice: OperatorNotice): Rendered {
  const { operationId, kind, status, attempts, failure, action, holdUntil, resources } = notice;
  const rows: [string, string][] = [
    ['Operation', operationId],
    ['Kind', rulesOf(kind).title],
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
    `[${status}] ${kind} operation ${operationId}: ${failure.type}${status === 'needs_operator' ? `, ${count}` : ''}`,
    [
      { kind: 'facts', rows },
      ...resourceBlocks(notice),
      ...(notice.customerNotTold
        ? [
            paragraph(
              'The customer was not told: the mail could not be delivered before the tenant’s key was destroyed, and the address became unreadable with it. Whoever placed the order has the address; ask them to tell the customer.',
            ),
          ]
        : []),
      ...decisionBlocks(notice),
      ...notice.links.map((link): Block => ({ kind: 'link', ...link })),
    ],
  );
}

function resourceBlocks({ kind, status, pastPivot, resources }: OperatorNotice): Block[] {
  const list: Block[] = resources.length > 0 ? [{ kind: 'list', items: resources.map(describeResource) }] : [];
  const none = list.length === 0;
  const words = wordsFor(kind, pastPivot);
  switch (status) {
    case 'on_hold':
      return [paragraph(none ? words.nothingHeld : words.held), ...list];
    case 'needs_operator':
      return none ? [] : [paragraph(words.leftovers), ...list];
    default:
      return [paragraph(endingOf(kind, status, !none)), ...list];
  }
}

function describeResource({ kind, provider, region, id, note }: HeldResource): string {
  return `${kind} ${id} (${provider}, ${region})${note === undefined ? '' : `: ${unlinked(withoutAddresses(note))}`}`;
}

function decisionBlocks(notice: OperatorNotice): Block[] {
  const { operationId, kind, status, pastPivot, decisions, holdUntil, turn, apiUrl } = notice;
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
      'To decide, put your own token in API_TOKEN and run one of these calls. Each acts only once, and the first decision wins.',
    ),
    ...calls,
    paragraph(
      status === 'on_hold' && holdUntil
        ? `If nobody decides before ${utc(holdUntil)}, everything is undone.`
        : wordsFor(kind, pastPivot).blocked,
    ),
  ];
}
