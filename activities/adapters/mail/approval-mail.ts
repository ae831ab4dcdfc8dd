import { curl, operationPath, pageOf } from './calls';
import { paragraph, render, type Block, type Rendered } from './layout';
import { quoted, utc, withoutAddresses } from './text';

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
  /** They were asked before, and the deadline is near. */
  reminder?: boolean | undefined;
}

/** The mail to the approvers, the first one or the reminder. */
export function approvalMail(request: ApprovalRequest): Rendered {
  const { operationId, tenantName, deadline, reminder = false } = request;
  const rows: [string, string][] = [
    ['Organization', quoted(request.organizationName)],
    ['Tenant name', tenantName],
    ['Plan', request.plan],
    ['Ordered by', quoted(request.requestedBy)],
    ['Operation', operationId],
    ['Decide before', utc(deadline)],
  ];
  const call = (decision: 'approve' | 'reject'): Block =>
    curl({
      apiUrl: request.apiUrl,
      path: `${operationPath(operationId)}/approval`,
      body: { decision, comment: 'why' },
    });
  return render(
    reminder
      ? `Still wanted before ${utc(deadline)}: approval for ${tenantName} (${operationId})`
      : `Approval wanted for ${tenantName} (${operationId})`,
    [
      paragraph(
        reminder
          ? `An order still waits for your approval, and its deadline is near. It asks for:`
          : 'An order asks for something that needs your approval:',
      ),
      { kind: 'list', items: request.customizations.map(({ key, value }) => `${key} = ${shown(value)}`) },
      { kind: 'facts', rows },
      { kind: 'link', label: 'The order in your browser', url: pageOf(request.apiUrl, operationPath(operationId)) },
      paragraph('To approve, with your own token in API_TOKEN:'),
      call('approve'),
      paragraph('To reject:'),
      call('reject'),
      paragraph('Without a decision before the deadline the order counts as rejected. Nobody approves an own order.'),
    ],
  );
}

function shown(value: unknown): string {
  return quoted(withoutAddresses(JSON.stringify(value) ?? 'nothing'));
}
