import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { failure } from '../../port/failures';
import type { Access } from '../../../contract/tenants/access';
import { unlessCode } from '../errors';
import type { Store } from '../store';
import { samePolicy, tenantPolicy, type Policy, type PolicyOptions } from './policy';

/** What changes in a bucket's policy during the bucket's life. Its access and its quota change independently of each other. */
export interface PolicyState {
  access: Access;
  overQuota: boolean;
}

/** The state of a new bucket's policy. */
export const INITIAL_POLICY: PolicyState = { access: 'open', overQuota: false };

const POLICY_STATES: readonly PolicyState[] = (['open', 'read-only', 'closed'] as const).flatMap((access) =>
  [false, true].map((overQuota) => ({ access, overQuota })),
);

/** A bucket whose policy is read or changed. */
export interface PolicyPlace {
  bucket: string;
  /** The tenant's user; see `Store.principal`. */
  principal: string;
  kmsKeyArn?: string | undefined;
}

/** The tenant's bucket policy for this store. Requires TLS, unless the store is reached over plain HTTP or ignores conditions. */
export function bucketPolicyFor(
  { conditions, settings }: Pick<Store, 'conditions' | 'settings'>,
  bucket: string,
  principal: string,
  options: Omit<PolicyOptions, 'tlsOnly'>,
): Policy {
  const tlsOnly = conditions && !settings.endpoint?.startsWith('http:');
  return tenantPolicy(bucket, principal, { ...options, tlsOnly });
}

/** The state of a stored policy; undefined if the policy is none of ours. */
export function policyStateIn(
  store: Pick<Store, 'conditions' | 'settings'>,
  { bucket, principal, kmsKeyArn }: PolicyPlace,
  stored: string | undefined,
): PolicyState | undefined {
  return POLICY_STATES.find((state) =>
    samePolicy(stored, bucketPolicyFor(store, bucket, principal, { kmsKeyArn, ...state })),
  );
}

/** The bucket's policy as the store has it; undefined if the bucket has none, or does not exist. */
export async function storedPolicy(
  { s3 }: Pick<Store, 's3'>,
  Bucket: string,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const answer = await unlessCode(
    s3.send(new GetBucketPolicyCommand({ Bucket }), { abortSignal }),
    'NoSuchBucketPolicy',
    'NoSuchBucket',
  );
  return answer?.Policy;
}

/** Gives the bucket the policy of this state. */
export async function putPolicy(
  store: Store,
  { bucket, principal, kmsKeyArn }: PolicyPlace,
  state: PolicyState,
  abortSignal: AbortSignal,
): Promise<void> {
  const Policy = JSON.stringify(bucketPolicyFor(store, bucket, principal, { kmsKeyArn, ...state }));
  await store.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }), { abortSignal });
}

/** The failure of a change of a policy that is none of ours. */
export function foreignPolicy(bucket: string): Error {
  return failure(
    'StateConflict',
    `Bucket ${bucket}: its policy is none of ours. It was left alone; restore the policy, or find out who changed it and why.`,
  );
}
