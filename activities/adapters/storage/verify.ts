import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBE_TENANT_ID, dashName } from '../../../contract/ids';
import type { Check } from '../../check';
import { failure } from '../../failures';
import { allChecks, type Probe } from '../../probes';
import { allowed, answerOf, refused } from './checks';
import { statusOf } from './errors';
import { PROBE_KEY } from './probe';
import { purge } from './purge';
import { anonymousClient, s3Client, type AccessKey } from './s3-client';
import type { Store } from './store';

/** Whose storage is looked at, and the keys to do it with. */
export interface StorageVerification {
  tenantId: string;
  /** The tenant's own key. */
  key: AccessKey;
  /** The key of the region's probe tenant. */
  probeKey: AccessKey;
  /** The tenant's own key in the key management, where it has one: its objects have to be under it. */
  kmsKeyArn?: string | undefined;
  probe: Probe;
  signal: AbortSignal;
}

/** How long a new key may be unknown at a store that says of itself it is eventually consistent. */
const SETTLING_MS = 20_000;

/**
 * Tries a finished tenant's storage from outside: with its own key (write, read, list, delete, how it is encrypted), with its key at the probe tenant's bucket,
 * with the probe's key and with none at its own. Nothing of it stays. Throws when the store does not answer, or when the region's probe
 * tenant does not work: a refusal would prove nothing then.
 */
export async function verifyStorage(
  store: Store,
  { tenantId, key, probeKey, kmsKeyArn, probe, signal }: StorageVerification,
): Promise<Check[]> {
  const tenant = s3Client(store.settings, key);
  const other = s3Client(store.settings, probeKey);
  const stranger = anonymousClient(store.settings);
  const inOwn = (): Place => ({ bucket: dashName(tenantId), key: `provisioning-check/${randomUUID()}`, signal });
  const [own, deleted] = [inOwn(), inOwn()];
  const others: Place = { bucket: dashName(PROBE_TENANT_ID), key: PROBE_KEY, signal };
  // What is asked for is there: an absent object could not be told from a refused one. Made for the first who needs it.
  const ownIsThere = once(() => calls.write(tenant, own));
  const othersIsThere = once(() => probeWorks(store, other, others));
  try {
    if (store.eventuallyConsistent) await settle(tenant, own);
    return await allChecks([
      ...works(probe, tenant, own, ownIsThere),
      deletes(probe, tenant, deleted),
      ...(store.capabilities.defaultEncryption.state === 'done'
        ? [encrypts(probe, tenant, own, ownIsThere, kmsKeyArn)]
        : []),
      ...(kmsKeyArn === undefined ? [] : [refusesOtherKeys(probe, tenant, own)]),
      ...refusals(probe, TENANT_AT_PROBE, tenant, others, othersIsThere),
      ...refusals(probe, PROBE_AT_TENANT, other, own, ownIsThere),
      ...refusals(probe, ANONYMOUS, stranger, own, ownIsThere),
    ]);
  } finally {
    await tidyUp(store, [own, deleted, beside(others)]);
    for (const client of [tenant, other, stranger]) client.destroy();
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

interface Place {
  bucket: string;
  key: string;
  signal: AbortSignal;
}

/** Something new beside the object: a write or deletion that is wrongly allowed then harms nothing. */
function beside(place: Place): Place {
  return { ...place, key: `${place.key}.intruder` };
}

const calls = {
  write: (client: S3Client, { bucket, key, signal }: Place) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }), { abortSignal: signal }),
  read: async (client: S3Client, { bucket, key, signal }: Place) => {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
    return answer.Body?.transformToString();
  },
  list: async (client: S3Client, { bucket, key, signal }: Place) => {
    const answer = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key }), {
      abortSignal: signal,
    });
    return (answer.Contents ?? []).map((object) => object.Key);
  },
  delete: (client: S3Client, { bucket, key, signal }: Place) =>
    client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal }),
};

function works(probe: Probe, client: S3Client, place: Place, write: () => Promise<unknown>): Promise<Check[]>[] {
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

function deletes(probe: Probe, client: S3Client, place: Place): Promise<Check[]> {
  const claim = 'The tenant’s key can delete the object with all its versions';
  return allowed(probe, 'storage.delete', claim, async () => {
    await calls.write(client, place);
    await calls.delete(client, place);
    await purge(client, place.bucket, { signal: place.signal, prefix: place.key });
    return (await calls.list(client, place)).length === 0;
  });
}

function encrypts(
  probe: Probe,
  client: S3Client,
  { bucket: Bucket, key: Key, signal: abortSignal }: Place,
  write: () => Promise<unknown>,
  kmsKeyArn: string | undefined,
): Promise<Check[]> {
  const wanted = kmsKeyArn === undefined ? 'AES256' : `aws:kms under ${kmsKeyArn}`;
  const claim = `The store encrypts what the tenant writes without being asked: ${wanted}`;
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

function refusesOtherKeys(probe: Probe, client: S3Client, place: Place): Promise<Check[]> {
  const { bucket: Bucket, key: Key, signal: abortSignal } = beside(place);
  const claim = 'An object that is to be encrypted under another key than the tenant’s is refused';
  const write = (): Promise<unknown> =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: Key, ServerSideEncryption: 'AES256' }), { abortSignal });
  return refused(probe, 'storage.other-key.write', claim, () => Promise.resolve(), write);
}

function refusals(
  probe: Probe,
  { id, claim }: Intrusion,
  client: S3Client,
  place: Place,
  objectIsThere: () => Promise<unknown>,
): Promise<Check[]>[] {
  const intrusions: [string, () => Promise<unknown>][] = [
    ['read', () => calls.read(client, place)],
    ['list', () => calls.list(client, place)],
    ['write', () => calls.write(client, beside(place))],
    ['delete', () => calls.delete(client, beside(place))],
  ];
  return intrusions.map(([verb, call]) =>
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
      `Storage of ${store.region}: the probe tenant cannot read its own object, so isolation cannot be checked. A restart of a worker of this region makes it anew.`,
      { cause: error as Error },
    );
  }
}

/** Waits until a store that spreads new keys slowly knows this one. */
async function settle(client: S3Client, place: Place): Promise<void> {
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

/** The same promise for everybody who asks, until it fails. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

/** By the administrator, also when the caller waits no longer. What cannot be deleted now goes with the bucket. */
async function tidyUp(store: Store, places: Place[]): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  await Promise.allSettled(places.map(({ bucket, key }) => purge(store.s3, bucket, { signal, prefix: key })));
}
