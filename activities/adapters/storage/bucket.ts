import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  type Bucket,
  type BucketLocationConstraint,
} from '@aws-sdk/client-s3';
import { PROBE_TENANT_ID, dashName, tenantIdOf } from '../../../contract/ids';
import { failure } from '../../failures';
import type { Created, Found, Listed, ResourceContext, ResourceKind } from '../../kind';
import { bucketTags, commonSettings, type BucketSetting, type BucketSpec } from './bucket-settings';
import { codeOf, required, unlessCode } from './errors';
import { isMarked, marks } from './marks';
import { policyAt } from './policy-at';
import { purge } from './purge';
import type { Store, StoreOf } from './store';

type Context = ResourceContext<BucketSpec | undefined>;
type Whose = 'nobody' | 'ours' | 'foreign';

/** What the ledger's facts say of a bucket that has to be tended. */
export type BucketFacts = Pick<BucketSpec, 'retentionDays' | 'quotaBytes' | 'kmsKeyArn'>;

/** A provider's clock and ours may differ by this much. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * The tenant's bucket `t-<id>`: tags, owner-only objects, versions, cross-origin rules and a policy for the tenant's key. The key is made
 * first; a policy can only name a user that exists. `remove` deletes all versions and unfinished uploads, then the bucket.
 */
export function bucketKind(provider: Store['settings']['provider'], storeOf: StoreOf): ResourceKind<BucketSpec> {
  return {
    kind: 'bucket',
    provider,
    name: dashName,

    async find(context): Promise<Found> {
      const store = storeOf(context.region);
      const whose = await whoseIs(store, context);
      if (whose === 'nobody') return { state: 'absent' };
      if (whose === 'foreign') return { state: 'foreign' };
      const state = (await isWhole(store, context)) ? 'present' : 'partial';
      return { state, id: context.name, facts: factsOf(store, context) };
    },

    async create(context): Promise<Created> {
      const store = storeOf(context.region);
      let whose = await whoseIs(store, context);
      if (whose === 'nobody') whose = (await createBucket(store, context)) ? 'ours' : await whoseIs(store, context);
      if (whose === 'foreign')
        throw failure(
          'ResourceNotOurs',
          `Bucket ${context.name} in ${context.region} exists and does not carry our tags. It was left alone; find out whose it is.`,
        );
      const settings = await settingsOf(store, context);
      const missing = await Promise.all(settings.map(async (one) => ((await one.isSet()) ? [] : [one])));
      // One after the other: S3 answers two changes of one bucket at a time with OperationAborted.
      for (const setting of missing.flat()) await setting.set();
      return { id: context.name, facts: factsOf(store, context) };
    },

    async remove(context): Promise<void> {
      const store = storeOf(context.region);
      if ((await whoseIs(store, context)) !== 'ours') return;
      await unlessCode(removeBucket(store, context), 'NoSuchBucket');
    },

    list: (region, signal) => listBuckets(storeOf(region), signal),
  };
}

/** False when somebody was quicker. The tags come with the call where the store takes them, so that it cannot be ours and unmarked. */
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

async function whoseIs(store: Store, context: Context): Promise<Whose> {
  try {
    const tags = await bucketTags(store.s3, context.name, context.signal);
    if (tags.length > 0) return isMarked(tags, context.tenantId) ? 'ours' : 'foreign';
    return (await isOurUnmarked(store, context)) ? 'ours' : 'foreign';
  } catch (error) {
    const code = codeOf(error);
    if (code === 'NoSuchBucket') return 'nobody';
    // Bucket names are one space for all accounts of AWS: another account's shows itself by these. One that we own shows by them that we
    // lack a right, and must not pass for somebody else's: compensation would take it for gone.
    const denied = code === 'AccessDenied' || code === 'PermanentRedirect' || code === 'AllAccessDisabled';
    if (denied && (await ownBucket(store, context)) === undefined) return 'foreign';
    throw error;
  }
}

/** Between creation and tags a crash may leave a bucket without tags: then it is empty and not older than our intent. */
async function isOurUnmarked(store: Store, context: Context): Promise<boolean> {
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

/** The bucket of this name among those of our own account, or undefined. */
async function ownBucket({ s3 }: Store, { name, signal }: Context): Promise<Bucket | undefined> {
  const { Buckets } = await s3.send(new ListBucketsCommand({ Prefix: name }), { abortSignal: signal });
  return required(Buckets, 'the buckets').find((bucket) => bucket.Name === name);
}

async function isWhole(store: Store, context: Context): Promise<boolean> {
  // Without a wish there is nothing to compare with: after a removal only "is it there" is asked.
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
      `Bucket ${context.name}: the tenant's storage user does not exist (yet). The access key is made before the bucket.`,
    );
  return allSettings(store, context, principal);
}

function allSettings(store: Store, context: ResourceContext<BucketSpec>, principal: string): BucketSetting[] {
  const policy = policyAt(store, context.name, principal, { kmsKeyArn: context.spec.kmsKeyArn });
  return [...commonSettings(store.s3, context, policy), ...store.ownSettings(context)];
}

async function removeBucket({ s3 }: Store, { name: Bucket, signal }: Context): Promise<void> {
  const options = { abortSignal: signal };
  // First nobody may write any more, or the bucket fills up while it is emptied.
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }), options);
  for (let attempt = 1; ; attempt++) {
    await purge(s3, Bucket, { signal });
    try {
      await s3.send(new DeleteBucketCommand({ Bucket }), options);
      return;
    } catch (error) {
      // An upload that had begun before the policy went.
      if (codeOf(error) !== 'BucketNotEmpty' || attempt === 3) throw error;
    }
  }
}

async function* listBuckets({ s3, settings }: Store, signal: AbortSignal): AsyncIterable<Listed> {
  const here = settings.provider === 'aws' ? { BucketRegion: settings.region } : {};
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = await s3.send(
      new ListBucketsCommand({
        Prefix: 't-',
        MaxBuckets: 100,
        ...here,
        ...(token ? { ContinuationToken: token } : {}),
      }),
      { abortSignal: signal },
    );
    const ours = await Promise.all(
      required(page.Buckets, 'the buckets').map(({ Name }) => listed(s3, Name ?? '', signal)),
    );
    yield* ours.flat();
    token = page.ContinuationToken;
  }
}

async function listed(s3: Store['s3'], name: string, signal: AbortSignal): Promise<Listed[]> {
  const tenantId = tenantIdOf(name);
  if (tenantId === undefined || tenantId === PROBE_TENANT_ID) return [];
  // Gone since the page was read, or another's: not ours to list.
  const tags = await unlessCode(bucketTags(s3, name, signal), 'NoSuchBucket', 'AccessDenied');
  return tags && isMarked(tags, tenantId) ? [{ tenantId, name, id: name }] : [];
}

/** What the ledger is to know: where the bucket is, and what has to be done about it as long as it is there. */
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
