import { useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { dataOf } from '../../../clients/typescript/src/client';
import { api } from '../../api/client';
import { useLive } from '../../api/live';
import type { RouteName } from '../../api/access';
import { useMayCall } from '../../api/session';
import { ErrorState } from '../../parts/states/error-state';
import { Id } from '../../parts/id';
import { PageHeader } from '../../parts/page-header';
import { PageSkeleton } from '../../parts/states/skeleton';
import { Tabs, useTab, type Tab } from '../../parts/tabs';
import { SignIn } from '../identity/sign-in';
import { BillingFindings } from '../billing/findings';
import { Invoices } from '../billing/invoices';
import { ApiKeys } from './api-keys';
import { Backups } from './backups';
import { DataKeys } from './data-keys';
import { Evidence } from './evidence';
import { Flags } from '../flags/flags';
import { Lifecycle } from './lifecycle';
import { Overview } from './overview';
import { Removal } from './removal';
import { TenantState } from './tenants';
import { TenantTrail } from './trail';
import { Usage } from './usage';
import './tenants.css';

/** The parts of the page, each with the route that it reads. */
const PARTS: readonly (Tab & { needs: RouteName })[] = [
  { name: 'overview', label: 'Overview', needs: 'getTenant' },
  { name: 'evidence', label: 'Evidence', needs: 'getTenantEvidence' },
  { name: 'usage', label: 'Usage', needs: 'getTenantUsage' },
  { name: 'billing', label: 'Billing', needs: 'listTenantInvoices' },
  { name: 'backups', label: 'Backups', needs: 'listBackups' },
  { name: 'keys', label: 'Keys', needs: 'getTenantKeys' },
  { name: 'api-keys', label: 'API keys', needs: 'listApiKeys' },
  { name: 'flags', label: 'Flags', needs: 'listFlags' },
  { name: 'sign-in', label: 'Sign-in', needs: 'getSso' },
  { name: 'removal', label: 'Removal', needs: 'getExport' },
  { name: 'trail', label: 'Audit trail', needs: 'listAuditEntries' },
];

/** One tenant, live. */
export default function TenantPage() {
  const { tenantId = '' } = useParams();
  return <Loaded key={tenantId} tenantId={tenantId} />;
}

function Loaded({ tenantId }: { tenantId: string }) {
  useLive({ tenantId });
  const mayCall = useMayCall();
  const parts = PARTS.filter(({ needs }) => mayCall(needs));
  const part = useTab(parts);
  const { data, error, refetch } = useQuery({
    queryKey: ['tenant', { id: tenantId }],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/tenants/{tenantId}', { params: { path: { tenantId } }, signal })),
  });
  if (!data) return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <PageSkeleton />;
  return (
    <>
      <PageHeader title={data.tenantName} actions={<Lifecycle tenant={data} />}>
        <TenantState tenant={data} />
        <Id id={tenantId} what="tenant id" />
      </PageHeader>
      <Tabs label="Parts of this tenant" tabs={parts} />
      {part === 'overview' && <Overview tenant={data} />}
      {part === 'evidence' && <Evidence tenantId={tenantId} />}
      {part === 'usage' && <Usage tenantId={tenantId} />}
      {part === 'billing' && <Invoices tenantId={tenantId} />}
      {part === 'billing' && mayCall('listBillingFindings') && <BillingFindings tenantId={tenantId} />}
      {part === 'backups' && <Backups tenant={data} />}
      {part === 'keys' && <DataKeys tenant={data} />}
      {part === 'api-keys' && <ApiKeys tenantId={tenantId} />}
      {part === 'flags' && <Flags tenantId={tenantId} />}
      {part === 'sign-in' && <SignIn tenantId={tenantId} />}
      {part === 'removal' && <Removal tenant={data} />}
      {part === 'trail' && <TenantTrail tenantId={tenantId} />}
    </>
  );
}
