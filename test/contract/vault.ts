import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import type { RegionStorage } from '../../activities/adapters/storage/storage';
import { anonymousClient, s3Client, type AccessKey } from '../../activities/adapters/storage/s3-client';
import type { StorageSettings } from '../../config/regions';

/** What the suite needs of a store. */
export interface VaultFixture {
  region: RegionStorage;
  settings: StorageSettings;
  /** Some tenant's key; absent where the server lets everybody do everything, as moto does. */
  tenantKey?: () => Promise<AccessKey>;
}

/** The promises of a region's vault, the same on every provider. */
export function describeVault(where: string, make: () => VaultFixture, { refuses }: { refuses: boolean }): void {
  describe(`the vault on ${where}`, () => {
    let signal: AbortSignal;
    beforeEach(() => {
      signal = AbortSignal.timeout(60_000);
    });

    test('is made once, keeps what is put into it and lists it below a prefix', async () => {
      const { vault } = make().region;
      await vault.prepare(signal);
      await vault.prepare(signal);
      const prefix = `audit/${randomUUID()}/`;
      expect(await vault.get(`${prefix}1`, { signal })).toBeUndefined();
      await vault.put(`${prefix}1`, Buffer.from('one'), { contentType: 'text/plain', signal });
      await vault.put(`${prefix}2`, Buffer.from('two!'), { signal });
      expect((await vault.get(`${prefix}1`, { signal }))?.toString()).toBe('one');
      const listed: [string, number][] = [];
      for await (const { key, bytes } of vault.list(prefix, { signal })) listed.push([key, bytes]);
      expect(listed).toEqual([
        [`${prefix}1`, 3],
        [`${prefix}2`, 4],
      ]);
      for (const name of ['1', '1', '2']) await vault.remove(`${prefix}${name}`, { signal });
      for await (const { key } of vault.list(prefix, { signal })) throw new Error(`${key} is still there`);
    });

    if (!refuses) return;
    test('is open neither to a tenant’s key nor to a request without one', async () => {
      const { region, settings, tenantKey } = make();
      await region.vault.prepare(signal);
      const Key = `backup/${randomUUID()}`;
      await region.vault.put(Key, Buffer.from('secret'), { signal });
      for (const client of [s3Client(settings, await tenantKey!()), anonymousClient(settings)]) {
        const refused = { $metadata: { httpStatusCode: 403 } };
        const Bucket = region.vault.bucket;
        await expect(client.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject(refused);
        await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject(refused);
        client.destroy();
      }
      await region.vault.remove(Key, { signal });
    });
  });
}
