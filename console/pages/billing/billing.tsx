import { useLive } from '../../api/live';
import { TextFilter, useFilters } from '../../parts/forms/filters';
import { PageHeader } from '../../parts/page-header';
import { BillingFindings } from './findings';

/** What needs a person in billing, over all tenants. */
export default function Billing() {
  useLive({});
  const [{ tenantId }, change] = useFilters(['tenantId']);
  return (
    <>
      <PageHeader title="Billing" />
      <div className="filters" role="search">
        <TextFilter label="Tenant’s id" value={tenantId} onChange={(id) => change({ tenantId: id })} />
      </div>
      <BillingFindings tenantId={tenantId} />
    </>
  );
}
