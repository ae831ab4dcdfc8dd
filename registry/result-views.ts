import type { KeyWrapper } from '../contract/key-wrapping';
import type { OperationFailure } from '../contract/messages';
import type { TenantProvisioningResult } from '../contract/schemas/result-schema';
import { resultStatus, type OperationStatus } from '../contract/states';
import { readConfiguration } from './configuration';
import type { Queryable } from './database';
import { listResources, type LedgerRow } from './ledger';
import { ifReadable } from './tenant-keys';

/** What a result is assembled for. */
export interface ResultSubject {
  tenantId: string;
  status: OperationStatus;
  failure: OperationFailure | null;
}

/** Kinds of the step `storage-and-compute` that are not storage. */
const COMPUTE_KINDS = new Set(['pool-placement', 'kubernetes-namespace']);

/**
 * What came of an order, in the shape that was promised to callers: what the ledger has, the configuration, and where the first admin
 * logs in and takes the credentials. No secret is in it.
 */
export async function readResult(
  db: Queryable,
  keys: KeyWrapper,
  { tenantId, status, failure }: ResultSubject,
): Promise<TenantProvisioningResult> {
  const [ledger, configuration] = await Promise.all([
    listResources(db, tenantId),
    readOwnConfiguration(db, keys, tenantId),
  ]);
  const present = ledger.filter((row) => row.state === 'present');
  const adminAccessUrl = adminAccessUrlOf(present);
  return {
    tenantId,
    status: resultStatus(status),
    resources: {
      database: present.filter(({ step }) => step === 'database').map(viewResource),
      storage: present.filter((row) => isPlace(row) && !COMPUTE_KINDS.has(row.kind)).map(viewResource),
      compute: present.filter((row) => isPlace(row) && COMPUTE_KINDS.has(row.kind)).map(viewResource),
    },
    ...(configuration ? { configuration } : {}),
    // The link that hands the credentials out is in the first admin's mail only.
    ...(status === 'active' && adminAccessUrl ? { credentials: { adminAccessUrl } } : {}),
    ...(failure ? { errors: [`${failure.step}: ${failure.message}`] } : {}),
  };
}

/** Where the first admin logs in, as the identity provider's ledger row has it. */
export function adminAccessUrlOf(ledger: Pick<LedgerRow, 'kind' | 'facts'>[]): string | undefined {
  const url = ledger.find(({ kind }) => kind === 'idp-admin-user')?.facts['adminAccessUrl'];
  return typeof url === 'string' ? url : undefined;
}

function isPlace({ step }: LedgerRow): boolean {
  return step === 'storage-and-compute';
}

function viewResource({ kind, provider, region, name, externalId, facts }: LedgerRow) {
  return { kind, provider, region, id: externalId ?? name, facts };
}

/** Unreadable once the tenant's key was destroyed, and then nobody misses it; where a result stands is told without it, too. */
async function readOwnConfiguration(db: Queryable, keys: KeyWrapper, tenantId: string) {
  return (await ifReadable(readConfiguration(db, keys, tenantId)))?.configuration;
}
