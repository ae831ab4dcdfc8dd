import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PROBE_TENANT_ID, dashName } from '../../contract/ids';
import type { ResourceContext, ResourceKind, ResourceSecrets } from '../port/kind';
import type { AccessKeySpec } from './access-key';
import type { BucketSpec } from './bucket/bucket-settings';
import type { Store } from './store';

/** Key of the object in every region's probe bucket. */
export const PROBE_KEY = 'probe.txt';

/**
 * Makes the region's permanent probe tenant: a key, a bucket and one object in it. Safe to repeat; a repeat restores missing parts. If the
 * provider generates the keys (AWS), run it in only one process at a time: two processes would delete each other's key as unknown.
 */
export async function prepareProbe(
  store: Store,
  kinds: { accessKey: ResourceKind<AccessKeySpec>; bucket: ResourceKind<BucketSpec> },
  secrets: ResourceSecrets,
  signal: AbortSignal,
): Promise<void> {
  await ensure(kinds.accessKey, contextFor(kinds.accessKey, {}));
  await ensure(kinds.bucket, contextFor(kinds.bucket, { versioning: false, corsOrigins: [] }));
  // Written as the administrator, because the new key may not be known on all the store's servers yet.
  const object = { Bucket: dashName(PROBE_TENANT_ID), Key: PROBE_KEY, Body: 'This object is here to be refused.' };
  await store.s3.send(new PutObjectCommand(object), { abortSignal: signal });

  function contextFor<Spec>(kind: ResourceKind<Spec>, spec: Spec): ResourceContext<Spec> {
    return {
      tenantId: PROBE_TENANT_ID,
      operationId: 'probe',
      region: store.region,
      cell: '',
      name: kind.name(PROBE_TENANT_ID),
      spec,
      id: undefined,
      intendedAt: new Date(),
      idempotencyKey: `probe:${kind.kind}`,
      secrets,
      signal,
    };
  }
}

async function ensure<Spec>(kind: ResourceKind<Spec>, context: ResourceContext<Spec>): Promise<void> {
  if ((await kind.find(context)).state !== 'present') await kind.create(context);
}
