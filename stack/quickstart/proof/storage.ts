import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../../providers/storage/s3-client';
import { versityUsers } from '../../../providers/storage/versity/users';
import type { StorageSettings } from '../../../config/regions';
import { tenantIdOf } from '../../../contract/ids';
import type { Endpoints } from '../../types';
import type { Question } from './question';

/** Counts a tenant's buckets and users in the regions' object stores, as their root users. */
export function storageQuestions({ s3 = {} }: Endpoints): Question[] {
  const stores = Object.entries(s3).map(([name, store]): StorageSettings => ({
    provider: 'versity',
    name,
    capacity: 1,
    ...store,
  }));
  const where = `S3 (${Object.keys(s3).join(', ')})`;
  const over = (list: (store: StorageSettings) => Promise<string[]>) => async (tenantId: string) =>
    (await Promise.all(stores.map(list))).flat().filter((name) => tenantIdOf(name) === tenantId).length;
  return [
    { where, what: 'buckets', count: over(listBuckets) },
    { where, what: 'users', count: over((store) => versityUsers(store).list(AbortSignal.timeout(10_000))) },
  ];
}

async function listBuckets(store: StorageSettings): Promise<string[]> {
  const client = s3Client(store);
  try {
    const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
    return Buckets.flatMap(({ Name }) => (Name === undefined ? [] : [Name]));
  } finally {
    client.destroy();
  }
}
