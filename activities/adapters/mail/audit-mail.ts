import type { Acceptance } from '../../../contract/audit-acceptance';
import { curl, pageOf } from './calls';
import { paragraph, render, type Block, type Rendered } from './layout';
import { quoted, utc } from './text';

/** What operators are told about an audit trail. */
export interface AuditNotice {
  findingId: string;
  tenantId: string;
  region: string;
  problem: string;
  foundAt: Date;
  /** Base URL of the API. */
  apiUrl: string;
}

/** The mail about an audit trail that is not what its newest signed head says. */
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
      'Entries that were recorded were changed, removed or made anew, or the registry was restored to an older state. No head is signed for this trail until the finding is accepted.',
    ),
    paragraph(
      `Keep the registry and the heads in the region’s vault (audit/${tenantId}/) as they are, export the trail and hold it against them.`,
    ),
    paragraph(
      'When it is known why – and only then – the trail can go on from what it is, with your own token in API_TOKEN. That stays in it for good:',
    ),
    curl({ apiUrl, path: `/v1/audit/findings/${findingId}:accept`, body: { reason: 'why' } }),
    everything(apiUrl),
  ]);
}

/** The mail about a broken audit trail for which heads are signed again, because it says that an operator has accepted it. */
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
      `Heads are signed again from here on; those before stay in the vault (audit/${tenantId}/). If nobody of you has accepted it, somebody has written to the registry.`,
    ),
    everything(apiUrl),
  ]);
}

function everything(apiUrl: string): Block {
  return { kind: 'link', label: 'Everything that was found', url: pageOf(apiUrl, '/v1/audit/findings?state=all') };
}
