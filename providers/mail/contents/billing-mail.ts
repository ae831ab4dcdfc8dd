import { BILLING_PROBLEM_GUIDE, type BillingProblem } from '../../../contract/billing/problems';
import { pageOf } from '../calls';
import { paragraph, render, type Block, type Rendered } from '../layout';

/** Something that was found in billing. */
export interface FoundInBilling {
  findingId: string;
  /** Null if it belongs to no tenant. */
  tenantId: string | null;
  problem: BillingProblem;
  /** Id of the object at the billing provider. */
  object: string;
}

/** Renders the mail to the operators about what was found in billing since the last one. */
export function billingMail(findings: readonly FoundInBilling[], apiUrl: string): Rendered {
  const problems = [...new Set(findings.map(({ problem }) => problem))];
  return render(`[billing] ${findings.length === 1 ? '1 new finding' : `${findings.length} new findings`}`, [
    ...problems.flatMap((problem): Block[] => {
      const { found, remedy } = BILLING_PROBLEM_GUIDE[problem];
      const items = findings.filter((each) => each.problem === problem).map(textOf);
      return [paragraph(found), { kind: 'list', items }, paragraph(remedy)];
    }),
    paragraph('A finding ends by itself once it is mended. Resolve it over the API if nothing is to be done about it.'),
    { kind: 'link', label: 'All findings', url: pageOf(apiUrl, '/v1/billing/findings?state=open') },
  ]);
}

function textOf({ findingId, tenantId, object }: FoundInBilling): string {
  return `${tenantId === null ? 'no tenant' : `tenant ${tenantId}`}: ${object} (${findingId})`;
}
