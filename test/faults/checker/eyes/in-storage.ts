import {
  GetBucketCorsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { dashName } from '../../../../contract/ids';
import { s3Client } from '../../../../providers/storage/s3-client';
import type { Endpoints } from '../../../../stack/types';
import { REGION } from '../../proxies/lines';
import { PROBE_OBJECT, told, type Facts } from './watched';

/** Objects that checks write, of the product and of the checker. They are not the tenant's. */
const OF_CHECKS = ['provisioning-check/', PROBE_OBJECT];

/** What the object store has about a tenant: its objects in every version, and its bucket's settings. */
export async function storageFacts({ s3 }: Endpoints, tenantId: string): Promise<Facts> {
  const client = s3Client({ provider: 'versity', name: REGION, capacity: 1, ...s3![REGION]! });
  const at = { Bucket: dashName(tenantId) };
  try {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand(at));
    const kept = (key = ''): boolean => !OF_CHECKS.some((prefix) => key.startsWith(prefix));
    const { TagSet = [] } = await client.send(new GetBucketTaggingCommand(at));
    const { Policy } = await client.send(new GetBucketPolicyCommand(at));
    return {
      'storage: objects': told(
        Versions.filter(({ Key }) => kept(Key)).map(({ Key, VersionId, ETag, Size }) => [Key, VersionId, ETag, Size]),
      ),
      'storage: deleted objects': told(DeleteMarkers.filter(({ Key }) => kept(Key)).map(({ Key }) => Key)),
      'storage: tags': told(TagSet.map(({ Key, Value }) => [Key, Value]).sort()),
      'storage: versioning': told((await client.send(new GetBucketVersioningCommand(at))).Status),
      'storage: origins': told((await client.send(new GetBucketCorsCommand(at))).CORSRules),
      'access, storage: policy': told(JSON.parse(Policy ?? 'null')),
    };
  } finally {
    client.destroy();
  }
}
