import type { Tag } from '@aws-sdk/client-kms';
import type { ResourceContext } from '../../../kind';

const MANAGED_BY = 'tenant-provisioner';

/** The tags that say whose a key is, where, and which run made it. */
export function marks(context: ResourceContext): Tag[] {
  return [
    { TagKey: 'managed-by', TagValue: MANAGED_BY },
    { TagKey: 'tenantId', TagValue: context.tenantId },
    { TagKey: 'operationId', TagValue: context.operationId },
    { TagKey: 'region', TagValue: context.region },
  ];
}

/** The tenant whose key of ours in the region these tags mark; undefined for anything else. */
export function markedTenant(tags: readonly Tag[], region: string): string | undefined {
  const value = (key: string): string | undefined => tags.find((tag) => tag.TagKey === key)?.TagValue;
  return value('managed-by') === MANAGED_BY && value('region') === region ? value('tenantId') : undefined;
}
