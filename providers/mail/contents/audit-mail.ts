import type { Acceptance } from '../../../contract/audit/acceptance';
import { curl, pageOf } from '../calls';
import { paragraph, render, type Block, type Rendered } from '../layout';
import { quoted, utc } from '../text';

/** Content of the mail about a broken audit trail. */
export interface AuditNotice {
  findingId: string;
  tenantId: string;
  region: string;
  problem: string;
  foundAt: Date;
  /** Base URL of the API. */
  apiUrl: string;
}

/** Renders the mail to the operators about an audit trail that does not match its newest signed head. */
export function auditMail({ findingId, tenantId, region, problem, foundAt, apiUrl }: AuditNotice): Rendered {
  return render(`[audit] the trail of ${tenantId} does not hold`, [
    {
      kind: 'facts',
      rows: [
        ['Trail', tenantId],
        ['Region', region],
        ['Finding', findingId],
        ['Found', problem],
        ['At', utc(foundAt)],
      ],
    },
    paragraph(
      'Recorded entries were changed, removed or replaced, or the registry was restored to an older state. No new head is signed for this trail until the finding is accepted.',
    ),
    paragraph(
      `Leave the registry and the heads in the region’s vault (audit/${tenantId}/) as they are. Export the trail and compare it with the heads.`,
    ),
    paragraph(
      'Once you know the cause – and only then – accept the finding with your own token in API_TOKEN. The trail then continues from its present state, and the acceptance stays in it permanently:',
    ),
    curl({ apiUrl, path: `/v1/audit/findings/${findingId}:accept`, body: { reason: 'why' } }),
    linkToFindings(apiUrl),
  ]);
}

/**
 * Renders the mail about a broken audit trail whose heads are signed again because an entry in it says that an operator accepted the break.
 */
export function acceptedMail({
  tenantId,
  region,
  acceptance,
  apiUrl,
}: Pick<AuditNotice, 'tenantId' | 'region' | 'apiUrl'> & { acceptance: Acceptance }): Rendered {
  const { sequence, actor, reason, at, superseded } = acceptance;
  return render(`[audit] the trail of ${tenantId} was accepted as it is`, [
    {
      kind: 'facts',
      rows: [
        ['Trail', tenantId],
        ['Region', region],
        ['Accepted in entry', String(sequence)],
        ['By', quoted(actor)],
        ['At', utc(new Date(at))],
        ['Why', quoted(reason)],
        ['Superseded head', superseded ? `entry ${superseded.sequence}, ${superseded.hash ?? 'unreadable'}` : 'none'],
      ],
    },
    paragraph(
      `Heads are signed again from this entry on; the earlier ones stay in the vault (audit/${tenantId}/). If none of you accepted it, someone has tampered with the registry.`,
    ),
    linkToFindings(apiUrl),
  ]);
}

function linkToFindings(apiUrl: string): Block {
  return { kind: 'link', label: 'All findings', url: pageOf(apiUrl, '/v1/audit/findings?state=all') };
}
