import type { Tag } from '@aws-sdk/client-kms';
import type { ResourceContext } from '../../port/kind';

const MANAGED_BY = 'tenant-provisioner';

/** Tags that mark a key as ours, with its tenant, region and operation. */
export function marks(context: ResourceContext): Tag[] {
  return [
    { TagKey: 'managed-by', TagValue: MANAGED_BY },
    { TagKey: 'tenantId', TagValue: context.tenantId },
    { TagKey: 'operationId', TagValue: context.operationId },
    { TagKey: 'region', TagValue: context.region },
  ];
}

/** The tenant id in the tags of one of our keys in the region; undefined for any other key. */
export function markedTenant(tags: readonly Tag[], region: string): string | undefined {
  const value = (key: string): string | undefined => tags.find((tag) => tag.TagKey === key)?.TagValue;
  return value('managed-by') === MANAGED_BY && value('region') === region ? value('tenantId') : undefined;
}
