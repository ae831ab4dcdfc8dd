import { apiUrl } from '../../api/address';
import { Section } from '../../parts/section';
import { AuditEntries } from '../audit/entries';

/** The tenant's audit trail, newest first. */
export function TenantTrail({ tenantId }: { tenantId: string }) {
  return (
    <Section
      title="Audit trail"
      actions={
        <a
          className="button"
          href={`${apiUrl}/v1/tenants/${tenantId}/audit?limit=10000`}
          download={`${tenantId}.jsonl`}
        >
          Download, to verify
        </a>
      }
    >
      <AuditEntries filter={{ tenantId }} />
    </Section>
  );
}
