import { paragraph, render, type Rendered } from './layout';
import { utc } from './text';

/** What operators are told about an audit trail. */
export interface AuditNotice {
  tenantId: string;
  region: string;
  problem: string;
  foundAt: Date;
  /** Base URL of the API. */
  apiUrl: string;
}

/** The mail about an audit trail that is not what its newest signed head says. */
export function auditMail({ tenantId, region, problem, foundAt, apiUrl }: AuditNotice): Rendered {
  return render(`[audit] the trail of ${tenantId} does not hold`, [
    {
      kind: 'facts',
      rows: [
        ['Trail', tenantId],
        ['Region', region],
        ['Found', problem],
        ['At', utc(foundAt)],
      ],
    },
    paragraph(
      'Entries that were recorded were changed, removed or made anew, or the registry was restored to an older state. No head is signed for this trail any more.',
    ),
    paragraph(
      `Keep the registry and the heads in the region’s vault (audit/${tenantId}/) as they are, export the trail and hold it against them.`,
    ),
    { kind: 'link', label: 'Everything that was found', url: `${apiUrl}/v1/audit/findings` },
  ]);
}
