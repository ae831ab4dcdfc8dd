import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { OperationFailure } from '../../contract/operations/messages';
import type { TenantProvisioningResult } from '../../contract/schemas/result-schema';
import { resultStatus, type OperationStatus } from '../../contract/operations/states';
import { readConfiguration } from '../tenants/configuration';
import type { Queryable } from '../database';
import { listResources, type LedgerRow } from '../ledger/ledger';
import { ifReadable } from '../keys/tenant-keys';

/** The tenant and operation state that a result describes. */
export interface ResultSubject {
  tenantId: string;
  status: OperationStatus;
  failure: OperationFailure | null;
}

/** Resource kinds of the step `storage-and-compute` that are compute; all others are storage. */
const COMPUTE_KINDS = new Set(['pool-placement', 'kubernetes-namespace']);

/**
 * The result of an order, in the shape promised to callers: the resources in the ledger, the configuration, and where the first admin logs
 * in and claims the credentials. It contains no secret.
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
      storage: present.filter((row) => isStorageOrCompute(row) && !COMPUTE_KINDS.has(row.kind)).map(viewResource),
      compute: present.filter((row) => isStorageOrCompute(row) && COMPUTE_KINDS.has(row.kind)).map(viewResource),
    },
    ...(configuration ? { configuration } : {}),
    // The claim link, which hands out the credentials, is only in the first admin's mail.
    ...(status === 'active' && adminAccessUrl ? { credentials: { adminAccessUrl } } : {}),
    ...(failure ? { errors: [`${failure.step}: ${failure.message}`] } : {}),
  };
}

/** The first admin's login URL, from the identity provider's ledger row. */
export function adminAccessUrlOf(ledger: Pick<LedgerRow, 'kind' | 'facts'>[]): string | undefined {
  const url = ledger.find(({ kind }) => kind === 'idp-admin-user')?.facts['adminAccessUrl'];
  return typeof url === 'string' ? url : undefined;
}

function isStorageOrCompute({ step }: LedgerRow): boolean {
  return step === 'storage-and-compute';
}

function viewResource({ kind, provider, region, name, externalId, facts }: LedgerRow) {
  return { kind, provider, region, id: externalId ?? name, facts };
}

/** Undefined once the tenant's key is destroyed, or while key management is unavailable: the rest of the result can be shown without it. */
async function readOwnConfiguration(db: Queryable, keys: KeyWrapper, tenantId: string) {
  return (await ifReadable(readConfiguration(db, keys, tenantId)))?.configuration;
}
