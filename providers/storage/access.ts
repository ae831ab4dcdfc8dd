import { dashName } from '../../contract/ids';
import { failure } from '../port/failures';
import type { Access } from '../../contract/tenants/access';
import type { ResourceContext } from '../port/kind';
import { storedKey } from './access-key';
import { calls, deleteTestObjects, testObject } from './attempts';
import {
  foreignPolicy,
  INITIAL_POLICY,
  policyStateIn,
  putPolicy,
  storedPolicy,
  type PolicyPlace,
  type PolicyState,
} from './bucket/bucket-policy';
import { kmsKeyIn } from './bucket/policy';
import { isRefusal } from './checks';
import { codeOf } from './errors';
import { s3Client, type AccessKey } from './s3-client';
import type { Store } from './store';

type Context = ResourceContext<unknown>;

/**
 * Gives the tenant's key this access to the tenant's bucket, through the bucket's policy. The policy applies to every request, including
 * those with a URL that the key signed earlier. A request that is being answered still ends.
 */
export async function setBucketAccess(store: Store, context: Context, access: Access): Promise<void> {
  // A policy that was deleted is made again; an eventually consistent store may only not show it yet. Whether the bucket is above its quota, the
  // next measurement says.
  const policy = await currentPolicy(store, context, store.eventuallyConsistent ? undefined : INITIAL_POLICY);
  if (policy === undefined) throw foreignPolicy(dashName(context.tenantId));
  // Written even if it seems to be there, because an eventually consistent store may have answered with an earlier policy.
  await putPolicy(store, policy.place, { ...policy.state, access }, context.signal);
}

/**
 * Tries with the tenant's own key what it may do with objects of its bucket: write, read, list and delete one, which is removed again.
 * Throws `ProviderUnavailable` if the answers together mean no access, or another one than an eventually consistent store has been given:
 * then a change has not reached all its servers. `isKeyDisabled` says whether the store knows the key and refuses it on purpose.
 */
export async function tryBucketAccess(
  store: Store,
  context: Context,
  isKeyDisabled: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<Access> {
  const key = await storedKey(context);
  const [rights, policy] = await Promise.all([
    tryKey(store, context, key, isKeyDisabled),
    currentPolicy(store, context),
  ]);
  const state = policy?.state;
  const access = accessOf(rights, state);
  if (access !== undefined && (!store.eventuallyConsistent || state === undefined || access === state.access))
    return access;
  const allowed = Object.entries(rights).flatMap(([verb, isAllowed]) => (isAllowed ? [verb] : []));
  throw failure(
    'ProviderUnavailable',
    `Bucket ${dashName(context.tenantId)}: it is ${state?.access ?? 'not under a policy of ours'}, but the tenant's key is allowed ${allowed.join(', ') || 'nothing'}. The store may still be spreading a change; otherwise find out what else gives the key rights, or withholds them.`,
  );
}

/** What a key is allowed. */
interface Rights {
  write: boolean;
  read: boolean;
  list: boolean;
  delete: boolean;
}

/** The access that has exactly these rights; undefined if none has. */
function accessOf({ write, read, list, delete: discard }: Rights, state: PolicyState | undefined): Access | undefined {
  if (!read && !list && !write && !discard) return 'closed';
  if (!read || !list) return undefined;
  if (!write && !discard) return 'read-only';
  // Above its quota, an open tenant may delete but not write.
  return discard && (write || state?.overQuota === true) ? 'open' : undefined;
}

async function tryKey(
  store: Store,
  { tenantId, signal }: Context,
  key: AccessKey,
  isKeyDisabled: () => Promise<boolean>,
): Promise<Rights> {
  const client = s3Client(store.settings, key);
  const object = testObject(tenantId, signal);
  const isAllowed = async (call: Promise<unknown>): Promise<boolean> => {
    try {
      await call;
      return true;
    } catch (error) {
      // Only a key that may read and list is told that there is no such object.
      if (codeOf(error) === 'NoSuchKey') return true;
      if (codeOf(error) === 'InvalidAccessKeyId' && (await isKeyDisabled())) return false;
      if (isRefusal(error)) return false;
      throw error;
    }
  };
  let mayHaveChanged = true;
  try {
    const write = await isAllowed(calls.write(client, object));
    const [read, list] = await Promise.all([
      isAllowed(calls.read(client, object)),
      isAllowed(calls.list(client, object)),
    ]);
    const discard = await isAllowed(calls.delete(client, object));
    mayHaveChanged = write || discard;
    return { write, read, list, delete: discard };
  } finally {
    client.destroy();
    // Deletion leaves versions behind.
    if (mayHaveChanged) await deleteTestObjects(store, [object]);
  }
}

/** The policy of the tenant's bucket, or `instead` if it has none; undefined if it is none of ours. */
async function currentPolicy(
  store: Store,
  { tenantId, signal }: Context,
  instead?: PolicyState,
): Promise<{ place: PolicyPlace; state: PolicyState } | undefined> {
  const bucket = dashName(tenantId);
  const [principal, stored] = await Promise.all([
    store.principal(tenantId, signal),
    storedPolicy(store, bucket, signal),
  ]);
  if (principal === undefined) return undefined;
  const place = { bucket, principal, kmsKeyArn: kmsKeyIn(stored) };
  const state = stored === undefined ? instead : policyStateIn(store, place, stored);
  return state && { place, state };
}
