import { curl, operationPath, pageOf } from '../calls';
import { paragraph, render, type Block, type Rendered } from '../layout';
import { quoted, utc, withoutAddresses } from '../text';

/** Content of the mail that asks approvers for a decision. */
export interface ApprovalRequest {
  operationId: string;
  tenantName: string;
  organizationName: string;
  plan: string;
  /** Name of the API token that placed the order. */
  requestedBy: string;
  /** The customizations that need approval, with the values ordered. */
  customizations: { key: string; value: unknown }[];
  deadline: Date;
  /** Base URL of the API. */
  apiUrl: string;
  /** This is the second mail, sent shortly before the deadline. */
  reminder?: boolean | undefined;
}

/** Renders the first mail to the approvers, or the reminder. */
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
      ? `Reminder: approval needed for ${tenantName} before ${utc(deadline)} (${operationId})`
      : `Approval needed for ${tenantName} (${operationId})`,
    [
      paragraph(
        reminder
          ? `This order is still waiting for your approval, and its deadline is near. It asks for:`
          : 'This order asks for customizations that need your approval:',
      ),
      { kind: 'list', items: request.customizations.map(({ key, value }) => `${key} = ${formatValue(value)}`) },
      { kind: 'facts', rows },
      {
        kind: 'link',
        label: 'View the order in your browser',
        url: pageOf(request.apiUrl, operationPath(operationId)),
      },
      paragraph('To approve, put your own token in API_TOKEN and run:'),
      call('approve'),
      paragraph('To reject:'),
      call('reject'),
      paragraph(
        'If nobody decides before the deadline, the order is treated as rejected. You cannot approve an order that you placed yourself.',
      ),
    ],
  );
}

function formatValue(value: unknown): string {
  return quoted(withoutAddresses(JSON.stringify(value) ?? 'nothing'));
}
