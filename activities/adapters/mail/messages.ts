import { render, type Block, type Rendered } from './layout';
import { oneLine, quoted, shellQuote, withoutAddresses } from './text';

/** What a new tenant's first admin is told. There is no password in it: the link's token fetches it, once. */
export interface Welcome {
  organizationName: string;
  /** The admin's user name at the identity provider. */
  username: string;
  adminUrl: string;
  /** Carries the one-time token. */
  claimUrl: string;
  claimExpires?: Date | undefined;
}

/** The mail to a tenant's first admin. */
export function welcomeMail(welcome: Welcome): Rendered {
  const name = quoted(welcome.organizationName);
  const until = welcome.claimExpires ? ` until ${utc(welcome.claimExpires)}` : '';
  return render(`${name} is ready`, [
    paragraph(`The space of ${name} is ready, and you are its first administrator.`),
    paragraph(`Your first password and the API keys are not in this mail. Fetch them here – once${until}:`),
    { kind: 'link', label: 'Fetch the password and the keys', url: welcome.claimUrl },
    paragraph(`Then log in as ${welcome.username}. You will be asked to choose a password of your own.`),
    { kind: 'link', label: 'Log in', url: welcome.adminUrl },
    paragraph('If you did not expect this mail, ignore it: without the link above nobody gets in.'),
  ]);
}

/** What operators are told about a run that did not end well. */
export interface OperationFailure {
  operationId: string;
  tenantId: string;
  /** Where the run stands now: `failed`, `needs_operator`, … */
  status: string;
  /** Label of the step it failed in, if it had begun one. */
  step?: string | undefined;
  failure: { type: string; message: string };
  leftovers: { kind: string; provider: string; region: string; id: string }[];
  links: { label: string; url: string }[];
}

/** The mail to the operators; ids only, no customer's name or address. */
export function operationFailureMail(operation: OperationFailure): Rendered {
  const { leftovers } = operation;
  const count = leftovers.length === 1 ? '1 leftover' : `${leftovers.length} leftovers`;
  const rows: [string, string][] = [
    ['Operation', operation.operationId],
    ['Tenant', operation.tenantId],
    ['Status', operation.status],
    ['Step', operation.step ?? 'before the first'],
    ['Failure', operation.failure.type],
    ['Reason', withoutAddresses(operation.failure.message)],
  ];
  const rest: Block[] =
    leftovers.length === 0
      ? [paragraph('Nothing is left of it at any provider.')]
      : [
          paragraph(`What could not be released and waits for you (${count}):`),
          {
            kind: 'list',
            items: leftovers.map(({ kind, provider, region, id }) => `${kind} ${id} (${provider}, ${region})`),
          },
        ];
  return render(
    `[${operation.status}] operation ${operation.operationId}: ${operation.failure.type}${leftovers.length > 0 ? `, ${count}` : ''}`,
    [{ kind: 'facts', rows }, ...rest, ...operation.links.map(asLink)],
  );
}

/** What approvers are asked. */
export interface ApprovalRequest {
  operationId: string;
  tenantName: string;
  organizationName: string;
  plan: string;
  /** Name of the API token the order came with. */
  requestedBy: string;
  /** The customizations that need an approval, with the values asked for. */
  customizations: { key: string; value: unknown }[];
  deadline: Date;
  /** Base URL of the API. */
  apiUrl: string;
}

/** The mail to the approvers. */
export function approvalMail(request: ApprovalRequest): Rendered {
  const rows: [string, string][] = [
    ['Organization', quoted(request.organizationName)],
    ['Tenant name', request.tenantName],
    ['Plan', request.plan],
    ['Ordered by', quoted(request.requestedBy)],
    ['Operation', request.operationId],
    ['Decide before', utc(request.deadline)],
  ];
  const base = new URL(request.apiUrl).href.replace(/\/+$/, '');
  const url = `${base}/v1/operations/${encodeURIComponent(request.operationId)}/approval`;
  const curl = (decision: 'approve' | 'reject') =>
    `curl -X POST ${shellQuote(url)} \\\n  -H "Authorization: Bearer $API_TOKEN" -H 'Content-Type: application/json' \\\n` +
    `  -d ${shellQuote(JSON.stringify({ decision, comment: 'why' }))}`;
  return render(`Approval wanted for ${request.tenantName} (${request.operationId})`, [
    paragraph('An order asks for something that needs your approval:'),
    { kind: 'list', items: request.customizations.map(({ key, value }) => `${key} = ${shown(value)}`) },
    { kind: 'facts', rows },
    paragraph('To approve, with your own token in API_TOKEN:'),
    { kind: 'code', text: curl('approve') },
    paragraph('To reject:'),
    { kind: 'code', text: curl('reject') },
    paragraph('Without a decision before the deadline the order counts as rejected. Nobody approves an own order.'),
  ]);
}

function paragraph(text: string): Block {
  return { kind: 'paragraph', text };
}

function asLink(link: { label: string; url: string }): Block {
  return { kind: 'link', ...link };
}

function shown(value: unknown): string {
  return withoutAddresses(quoted(JSON.stringify(value) ?? 'nothing'));
}

/** For instance `24 November 2026, 09:30 UTC`. */
function utc(date: Date): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${oneLine(format.format(date))} UTC`;
}
