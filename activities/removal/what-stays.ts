import { AUDIT_TRAIL } from '../../contract/removal/certificate';
import type { RemovalCertificate } from '../../contract/schemas/tenants/certificate-schema';
import type { Queryable } from '../../registry/database';
import type { RemovalFacts } from '../../registry/removal/facts';
import { listBackupRemains, type Remain } from '../../registry/removal/remains';
import { retainedExports } from '../../registry/tenants/exports';
import type { Dependencies } from '../dependencies';
import { toFailure } from '../../providers/port/failures';
import { KEPT_ACCOUNTS, KEPT_BECAUSE } from '../../providers/keycloak/access/member-removal';
import { LOG_DAYS } from '../../providers/storage/aws/log-delivery';

type Retained = RemovalCertificate['retained'][number];

/** Kind of the ledger row whose id is the tenant's account at the billing provider. */
const BILLING_ACCOUNT = 'billing-customer';

/** The invoices of a tenant, which its billing provider keeps. */
export async function retainedInvoices(
  {
    billing,
    signal,
  }: Pick<Dependencies, 'signal'> & { billing: Pick<Dependencies['billing'], 'classify' | 'listInvoiceNames'> },
  rows: readonly Remain[],
): Promise<Retained[]> {
  const account = rows.find(({ kind, externalId }) => kind === BILLING_ACCOUNT && externalId !== null);
  if (!account) return [];
  try {
    const invoices = await billing.listInvoiceNames(account.externalId!, signal());
    if (invoices.length === 0) return [];
    const named = invoices.map(({ id, number }) => (number === null ? id : `${number} (${id})`));
    return [
      {
        what: `invoices: ${named.join(', ')}`,
        where: account.provider,
        why: 'tax and commercial law require invoices to be kept',
        until: null,
        readable: 'by everyone with access to the billing account; they name the customer they were sent to',
      },
    ];
  } catch (error) {
    throw toFailure(error, `the invoices of tenant ${account.tenantId}`, billing.classify);
  }
}

/** What the registry and the vault keep of a removed tenant. */
export async function retainedByUs(
  db: Queryable,
  { tenantId, region, nameKept, now }: RemovalFacts,
  rows: readonly Remain[],
): Promise<Retained[]> {
  const backups = await listBackupRemains(db, tenantId);
  const exports = await retainedExports(db, tenantId);
  return [
    {
      what: AUDIT_TRAIL,
      where: `registry; its signed heads in the vault of ${region ?? 'the first region'}`,
      why: 'proof of what happened to the tenant, this removal included',
      until: null,
      readable: 'ids, enumerations and the reasons that operators gave; no personal data of the customer',
    },
    {
      what: 'operations, their evidence and events',
      where: 'registry',
      why: 'proof of what was done and answered',
      until: null,
      readable: 'ids, enumerations and providers’ answers; no personal data',
    },
    ...rows
      .filter(({ kind, provider }) => kind === 'bucket' && provider === 'aws')
      .map(({ region: of }): Retained => ({
        what: 'access logs of the bucket',
        where: `vault of ${of}`,
        why: 'they show who has read what',
        until: new Date(now.getTime() + LOG_DAYS * 86_400_000).toISOString(),
        readable: 'by operators: addresses and names of objects, not their contents',
      })),
    ...rows.flatMap(keptAccounts),
    ...backups.map(({ backupId, region: of, hasKey }): Retained => ({
      what: `backup ${backupId}`,
      where: `vault of ${of}`,
      why: 'its parts could not be removed, or the store keeps them',
      until: null,
      readable: hasKey ? 'not without the tenant’s key, which is destroyed' : false,
    })),
    ...exports.map(({ name, where, why, until }): Retained => ({
      what: name,
      where,
      why,
      until: until?.toISOString() ?? null,
      readable: 'by the holder of the export’s key',
    })),
    ...(nameKept
      ? [
          {
            what: 'the tenant’s name',
            where: 'registry',
            why: 'kept on request, so that no other tenant takes it',
            until: null,
            readable: 'by everyone who may see the tenant',
          },
        ]
      : []),
  ];
}

const KEPT_WHY: Record<(typeof KEPT_BECAUSE)[number], string> = {
  'another-tenant': 'they are accounts of other tenants, whose people were guests here',
  'another-organization': 'these people are members of other organizations, too',
  'not-made-here':
    'nothing shows that they were made for this tenant, so their owners or an administrator of the realm decide',
  'rights-of-its-own': 'they have roles or groups in the realm that this tenant did not give them',
};

/** Accounts of people who were members of the tenant's organization and keep them. */
function keptAccounts({ provider, facts }: Remain): Retained[] {
  const counts = (facts[KEPT_ACCOUNTS] ?? {}) as Partial<Record<keyof typeof KEPT_WHY, number>>;
  return KEPT_BECAUSE.flatMap((because) => {
    const count = counts[because] ?? 0;
    if (count === 0) return [];
    return {
      what: count === 1 ? '1 account of a former member' : `${count} accounts of former members`,
      where: provider,
      why: KEPT_WHY[because],
      until: null,
      readable: 'by administrators of the realm',
    };
  });
}
