import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  ListBucketsCommand,
  paginateListBuckets,
  ListObjectVersionsCommand,
  type Bucket,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { PROBE_TENANT_ID, dashName, tenantIdOf } from '../../../contract/ids';
import { failure } from '../../port/failures';
import type { Created, Found, Listed, ResourceContext, ResourceKind } from '../../port/kind';
import { bucketTags, commonSettings, type BucketSetting, type BucketSpec } from './bucket-settings';
import { codeOf, required, unlessCode } from '../errors';
import { isMarked, marks } from '../marks';
import { INITIAL_POLICY, policyStateIn, putPolicy, storedPolicy } from './bucket-policy';
import { purge } from '../objects/purge';
import type { Store, StoreOf } from '../store';

type Context = ResourceContext<BucketSpec | undefined>;
type Ownership = 'absent' | 'ours' | 'foreign';

/** The ledger's facts that a bucket's upkeep needs. */
export type BucketFacts = Pick<BucketSpec, 'retentionDays' | 'quotaBytes' | 'kmsKeyArn'>;

/** Largest expected difference between a provider's clock and ours. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * The tenant's bucket `t-<id>`: tags, owner-only objects, versioning, cross-origin rules and a policy for the tenant's key. The key must be
 * made first, because a policy can only name a user that exists. `remove` deletes all versions and unfinished uploads, then the bucket.
 * There is no `update`: the access key's kind changes the policy, because only that kind has the credentials to try the result.
 */
export function bucketKind(provider: Store['settings']['provider'], storeOf: StoreOf): ResourceKind<BucketSpec> {
  return {
    kind: 'bucket',
    provider,
    name: dashName,

    async find(context): Promise<Found> {
      const store = storeOf(context.region);
      const ownership = await ownershipOf(store, context);
      if (ownership === 'absent') return { state: 'absent' };
      if (ownership === 'foreign') return { state: 'foreign' };
      const state = (await isComplete(store, context)) ? 'present' : 'partial';
      return { state, id: context.name, facts: factsOf(store, context) };
    },

    async create(context): Promise<Created> {
      const store = storeOf(context.region);
      let ownership = await ownershipOf(store, context);
      if (ownership === 'absent')
        ownership = (await createBucket(store, context)) ? 'ours' : await ownershipOf(store, context);
      if (ownership === 'foreign')
        throw failure(
          'ResourceNotOurs',
          `Bucket ${context.name} in ${context.region} exists but does not carry our tags. It was left alone; find out whose it is.`,
        );
      const settings = await settingsOf(store, context);
      const missing = await Promise.all(settings.map(async (one) => ((await one.isSet()) ? [] : [one])));
      // Set one at a time: S3 rejects concurrent changes of a bucket with OperationAborted.
      for (const setting of missing.flat()) await setting.set();
      return { id: context.name, facts: factsOf(store, context) };
    },

    async remove(context): Promise<void> {
      const store = storeOf(context.region);
      if ((await ownershipOf(store, context)) !== 'ours') return;
      await unlessCode(removeBucket(store, context), 'NoSuchBucket');
    },

    list: (region, signal) => listBuckets(storeOf(region), signal),
  };
}

/**
 * Creates the bucket; false if it exists already. The tags are part of the request, so a store that accepts them never has an untagged
 * bucket of ours.
 */
async function createBucket({ s3, settings }: Store, context: Context): Promise<boolean> {
  const elsewhere = settings.provider === 'aws' && settings.region !== 'us-east-1';
  const made = await unlessCode(
    s3.send(
      new CreateBucketCommand({
        Bucket: context.name,
        ObjectOwnership: 'BucketOwnerEnforced',
        CreateBucketConfiguration: {
          Tags: marks(context),
          ...(elsewhere ? { LocationConstraint: settings.region as BucketLocationConstraint } : {}),
        },
      }),
      { abortSignal: context.signal },
    ),
    'BucketAlreadyOwnedByYou',
  );
  return made !== undefined;
}

async function ownershipOf(store: Store, context: Context): Promise<Ownership> {
  try {
    const tags = await bucketTags(store.s3, context.name, context.signal);
    if (tags.length > 0) return isMarked(tags, context.tenantId) ? 'ours' : 'foreign';
    return (await isOurUntagged(store, context)) ? 'ours' : 'foreign';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'NoSuchBucket') return 'absent';
    // All AWS accounts share one namespace for buckets, so these codes usually mean another account's bucket. For a bucket of our own they
    // mean that we lack a permission. It must not be reported as foreign then, because compensation would take it for gone.
    const denied = code === 'AccessDenied' || code === 'PermanentRedirect' || code === 'AllAccessDisabled';
    if (denied && (await ownBucket(store, context)) === undefined) return 'foreign';
    throw error;
  }
}

/** Whether an untagged bucket was left by a crash between creation and tagging: it is ours, empty, and no older than its ledger row. */
async function isOurUntagged(store: Store, context: Context): Promise<boolean> {
  const { name, intendedAt, signal } = context;
  const [bucket, inside] = await Promise.all([
    ownBucket(store, context),
    store.s3.send(new ListObjectVersionsCommand({ Bucket: name, MaxKeys: 1 }), { abortSignal: signal }),
  ]);
  if (bucket === undefined)
    throw failure(
      'ProviderUnavailable',
      `Bucket ${name}: the object store does not list it yet, so its age is unknown.`,
    );
  required(inside.Name, 'the name of the bucket');
  const isEmpty = (inside.Versions?.length ?? 0) + (inside.DeleteMarkers?.length ?? 0) === 0;
  return isEmpty && (bucket.CreationDate?.getTime() ?? 0) >= intendedAt.getTime() - CLOCK_TOLERANCE_MS;
}

/** The bucket of this name if our own account has it, otherwise undefined. */
async function ownBucket({ s3 }: Store, { name, signal }: Context): Promise<Bucket | undefined> {
  const { Buckets } = await s3.send(new ListBucketsCommand({ Prefix: name }), { abortSignal: signal });
  return required(Buckets, 'the buckets').find((bucket) => bucket.Name === name);
}

async function isComplete(store: Store, context: Context): Promise<boolean> {
  // During compensation there is no spec to compare with, and only existence matters.
  if (!hasSpec(context)) return true;
  const principal = await store.principal(context.tenantId, context.signal);
  if (principal === undefined) return false;
  const set = await Promise.all(allSettings(store, context, principal).map((setting) => setting.isSet()));
  return set.every(Boolean);
}

async function settingsOf(store: Store, context: ResourceContext<BucketSpec>): Promise<BucketSetting[]> {
  const principal = await store.principal(context.tenantId, context.signal);
  if (principal === undefined)
    throw failure(
      'ProviderUnavailable',
      `Bucket ${context.name}: the tenant's storage user does not exist yet, but the bucket's policy must name it. The access key is made first.`,
    );
  return allSettings(store, context, principal);
}

function allSettings(store: Store, context: ResourceContext<BucketSpec>, principal: string): BucketSetting[] {
  return [
    ...commonSettings(store.s3, context),
    policySetting(store, context, principal),
    ...store.ownSettings(context),
  ];
}

/** Every state of our policy counts as set, because whether the tenant is suspended or above its quota is not part of the spec. */
function policySetting(
  store: Store,
  { name, spec, signal }: ResourceContext<BucketSpec>,
  principal: string,
): BucketSetting {
  const place = { bucket: name, principal, kmsKeyArn: spec.kmsKeyArn };
  return {
    name: 'policy',
    isSet: async () => policyStateIn(store, place, await storedPolicy(store, name, signal)) !== undefined,
    set: () => putPolicy(store, place, INITIAL_POLICY, signal),
  };
}

async function removeBucket({ s3 }: Store, { name: Bucket, signal }: Context): Promise<void> {
  const options = { abortSignal: signal };
  // Revokes the tenant's access first, so that the bucket does not fill up while it is emptied.
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }), options);
  for (let attempt = 1; ; attempt++) {
    await purge(s3, Bucket, { signal });
    try {
      await s3.send(new DeleteBucketCommand({ Bucket }), options);
      return;
    } catch (error) {
      // An upload that began before the policy was deleted may still have added an object.
      if (codeOf(error) !== 'BucketNotEmpty' || attempt === 3) throw error;
    }
  }
}

async function* listBuckets({ s3, settings }: Store, abortSignal: AbortSignal): AsyncIterable<Listed> {
  const here = settings.provider === 'aws' ? { BucketRegion: settings.region } : {};
  const pages = paginateListBuckets({ client: s3, pageSize: 100 }, { Prefix: 't-', ...here }, { abortSignal });
  for await (const page of pages) {
    const ours = await Promise.all(
      required(page.Buckets, 'the buckets').map(({ Name }) => listed(s3, Name ?? '', abortSignal)),
    );
    yield* ours.flat();
  }
}

async function listed(s3: Store['s3'], name: string, signal: AbortSignal): Promise<Listed[]> {
  const tenantId = tenantIdOf(name);
  if (tenantId === undefined || tenantId === PROBE_TENANT_ID) return [];
  // The bucket is gone since the page was read, or belongs to another account.
  const tags = await unlessCode(bucketTags(s3, name, signal), 'NoSuchBucket', 'AccessDenied');
  return tags && isMarked(tags, tenantId) ? [{ tenantId, name, id: name }] : [];
}

/** Facts for the ledger: where the bucket is, and what its upkeep needs. */
function factsOf({ settings }: Store, { name: bucket, spec }: Context): BucketFacts & Record<string, unknown> {
  const { retentionDays, quotaBytes, kmsKeyArn } = spec ?? {};
  return {
    bucket,
    region: settings.region,
    ...(settings.endpoint ? { endpoint: settings.endpoint } : {}),
    ...(retentionDays === undefined ? {} : { retentionDays }),
    ...(quotaBytes === undefined ? {} : { quotaBytes }),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
  };
}

function hasSpec(context: Context): context is ResourceContext<BucketSpec> {
  return context.spec !== undefined;
}
