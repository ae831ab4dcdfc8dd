import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBE_TENANT_ID, dashName } from '../../contract/ids';
import type { Check } from '../port/check';
import { failure } from '../port/failures';
import { allChecks, type Probe } from '../port/probe';
import { calls, deleteTestObjects, testObject, type Place } from './attempts';
import { allowed, answerOf, refused } from './checks';
import { statusOf } from './errors';
import { PROBE_KEY } from './probe';
import { purge } from './objects/purge';
import { anonymousClient, s3Client, type AccessKey } from './s3-client';
import type { Store } from './store';

/** The tenant whose storage is checked, and the keys to check it with. */
export interface StorageVerification {
  tenantId: string;
  /** The tenant's own key. */
  key: AccessKey;
  /** The key of the region's probe tenant. */
  probeKey: AccessKey;
  /** ARN of the tenant's own KMS key, if it has one; its objects must be encrypted under it. */
  kmsKeyArn?: string | undefined;
  probe: Probe;
  signal: AbortSignal;
}

/** How long an eventually consistent store may take to recognise a new key. */
const SETTLING_MS = 20_000;

/**
 * Checks a finished tenant's storage from outside. The tenant's key must be able to write, read, list and delete in its own bucket, and
 * objects must be encrypted as configured. The tenant's key at the probe tenant's bucket, the probe's key at the tenant's bucket, and
 * requests without a key must be refused. Leaves nothing behind. Throws if the store does not answer, or if the region's probe tenant does
 * not work, because a refusal would prove nothing then.
 */
export async function verifyStorage(
  store: Store,
  { tenantId, key, probeKey, kmsKeyArn, probe, signal }: StorageVerification,
): Promise<Check[]> {
  const tenant = s3Client(store.settings, key);
  const other = s3Client(store.settings, probeKey);
  const anonymous = anonymousClient(store.settings);
  const [own, deleted] = [testObject(tenantId, signal), testObject(tenantId, signal)];
  const others: Place = { bucket: dashName(PROBE_TENANT_ID), key: PROBE_KEY, signal };
  // The objects of refused requests must exist, because a missing object looks like a refusal. They are made on first use.
  const ownIsThere = shared(() => calls.write(tenant, own));
  const othersIsThere = shared(() => probeWorks(store, other, others));
  try {
    if (store.eventuallyConsistent) await waitUntilKeyIsKnown(tenant, own);
    return await allChecks([
      ...ownKeyChecks(probe, tenant, own, ownIsThere),
      deleteCheck(probe, tenant, deleted),
      ...(store.capabilities.defaultEncryption.state === 'done'
        ? [encryptionCheck(probe, tenant, own, ownIsThere, kmsKeyArn)]
        : []),
      ...(kmsKeyArn === undefined ? [] : [otherKeyCheck(probe, tenant, own)]),
      ...intrusionChecks(probe, TENANT_AT_PROBE, tenant, others, othersIsThere),
      ...intrusionChecks(probe, PROBE_AT_TENANT, other, own, ownIsThere),
      ...intrusionChecks(probe, ANONYMOUS, anonymous, own, ownIsThere),
    ]);
  } finally {
    await deleteTestObjects(store, [own, deleted, beside(others)]);
    for (const client of [tenant, other, anonymous]) client.destroy();
  }
}

interface Intrusion {
  id: string;
  claim: string;
}

const TENANT_AT_PROBE: Intrusion = {
  id: 'tenant-at-probe',
  claim: 'The tenant’s key is refused on another tenant’s bucket',
};
const PROBE_AT_TENANT: Intrusion = {
  id: 'probe-at-tenant',
  claim: 'Another tenant’s key is refused on the tenant’s bucket',
};
const ANONYMOUS: Intrusion = {
  id: 'anonymous',
  claim: 'A request without a key is refused on the tenant’s bucket',
};

/** A key next to the object, so that a write or deletion that is wrongly allowed does no harm. */
function beside(place: Place): Place {
  return { ...place, key: `${place.key}.intruder` };
}

function ownKeyChecks(probe: Probe, client: S3Client, place: Place, write: () => Promise<unknown>): Promise<Check[]>[] {
  return [
    allowed(probe, 'storage.write', 'The tenant’s key can write an object', write),
    allowed(probe, 'storage.read', 'The tenant’s key reads back what it wrote', async () => {
      await write();
      return (await calls.read(client, place)) === place.key;
    }),
    allowed(probe, 'storage.list', 'The tenant’s key sees the object in the list', async () => {
      await write();
      return (await calls.list(client, place)).includes(place.key);
    }),
  ];
}

function deleteCheck(probe: Probe, client: S3Client, place: Place): Promise<Check[]> {
  const claim = 'The tenant’s key can delete the object with all its versions';
  return allowed(probe, 'storage.delete', claim, async () => {
    await calls.write(client, place);
    await calls.delete(client, place);
    await purge(client, place.bucket, { signal: place.signal, prefix: place.key });
    return (await calls.list(client, place)).length === 0;
  });
}

function encryptionCheck(
  probe: Probe,
  client: S3Client,
  { bucket: Bucket, key: Key, signal: abortSignal }: Place,
  write: () => Promise<unknown>,
  kmsKeyArn: string | undefined,
): Promise<Check[]> {
  const wanted = kmsKeyArn === undefined ? 'AES256' : `aws:kms under ${kmsKeyArn}`;
  const claim = `The store encrypts the tenant’s objects by default: ${wanted}`;
  return probe('storage.encryption', async () => {
    try {
      await write();
      const head = await client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
      const { ServerSideEncryption = 'not encrypted', SSEKMSKeyId } = head;
      const answered =
        SSEKMSKeyId === undefined ? ServerSideEncryption : `${ServerSideEncryption} under ${SSEKMSKeyId}`;
      return [{ id: 'storage.encryption', claim, passed: answered === wanted, answered }];
    } catch (error) {
      return [{ id: 'storage.encryption', claim, passed: false, answered: answerOf(error) }];
    }
  });
}

function otherKeyCheck(probe: Probe, client: S3Client, place: Place): Promise<Check[]> {
  const { bucket: Bucket, key: Key, signal: abortSignal } = beside(place);
  const claim = 'A write that asks for encryption under any key but the tenant’s is refused';
  const write = (): Promise<unknown> =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: Key, ServerSideEncryption: 'AES256' }), { abortSignal });
  return refused(probe, 'storage.other-key.write', claim, () => Promise.resolve(), write);
}

function intrusionChecks(
  probe: Probe,
  { id, claim }: Intrusion,
  client: S3Client,
  place: Place,
  objectIsThere: () => Promise<unknown>,
): Promise<Check[]>[] {
  const attempts: [string, () => Promise<unknown>][] = [
    ['read', () => calls.read(client, place)],
    ['list', () => calls.list(client, place)],
    ['write', () => calls.write(client, beside(place))],
    ['delete', () => calls.delete(client, beside(place))],
  ];
  return attempts.map(([verb, call]) =>
    refused(probe, `storage.${id}.${verb}`, `${claim}: ${verb}`, objectIsThere, call),
  );
}

async function probeWorks(store: Store, probe: S3Client, place: Place): Promise<void> {
  try {
    await calls.read(probe, place);
  } catch (error) {
    if (statusOf(error) === undefined) throw error;
    throw failure(
      'ProviderUnavailable',
      `Storage of ${store.region}: the probe tenant cannot read its own object, so isolation cannot be checked. Restart a worker of this region to restore it.`,
      { cause: error as Error },
    );
  }
}

/** Waits until an eventually consistent store recognises the new key, up to {@link SETTLING_MS}. */
async function waitUntilKeyIsKnown(client: S3Client, place: Place): Promise<void> {
  for (
    const deadline = Date.now() + SETTLING_MS;
    Date.now() < deadline;
    await sleep(500, undefined, { signal: place.signal })
  )
    try {
      await calls.list(client, place);
      return;
    } catch (error) {
      if (statusOf(error) !== 403) throw error;
    }
}

/** Shares one promise between all callers; after a failure, the next call starts again. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}
