import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { randomUUID } from 'node:crypto';
import type { RegionStorage } from '../../../providers/storage/storage';
import { anonymousClient, s3Client, type AccessKey } from '../../../providers/storage/s3-client';
import type { StorageSettings } from '../../../config/regions';
import { newTenantId } from '../../../contract/ids';
import { resourceContext } from '../kind-suite';

/** What the suite needs to test a store. */
export interface VaultFixture {
  region: RegionStorage;
  settings: StorageSettings;
  /** Some tenant's key; missing where the server allows every caller everything, as moto does. */
  tenantKey?: () => Promise<AccessKey>;
}

/** Tests the promises of a region's vault on any provider. */
export function describeVault(where: string, make: () => VaultFixture, { refuses }: { refuses: boolean }): void {
  describe(`the vault on ${where}`, () => {
    let signal: AbortSignal;
    beforeEach(() => {
      signal = AbortSignal.timeout(60_000);
    });

    test('can be prepared twice, stores objects and lists them by prefix', async () => {
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

    test('has all backups of a tenant in one folder, which is found and removed as a whole', async () => {
      const { vault, kinds } = make().region;
      await vault.prepare(signal);
      const context = resourceContext(kinds.backups, 'any', {}, newTenantId());
      const neighbour = resourceContext(kinds.backups, 'any', {}, newTenantId());
      const at = { region: 'eu-central', signal };
      expect(await kinds.backups.find({ ...context, ...at })).toEqual({ state: 'absent' });
      for (const part of ['bk_1/1/000000', 'bk_1/1/000001', 'bk_2/1/000000'])
        await vault.put(context.name + part, Buffer.from('part'), { signal });
      await vault.put(`${neighbour.name}bk_3/1/000000`, Buffer.from('part'), { signal });
      expect(await kinds.backups.find({ ...context, ...at })).toEqual({ state: 'present', id: context.name });
      for (let time = 0; time < 2; time++) await kinds.backups.remove({ ...context, ...at });
      expect(await kinds.backups.find({ ...context, ...at })).toEqual({ state: 'absent' });
      expect(await kinds.backups.find({ ...neighbour, ...at })).toMatchObject({ state: 'present' });
      await kinds.backups.remove({ ...neighbour, ...at });
    });

    if (!refuses) return;
    test('is closed to a tenant’s key and to requests without one', async () => {
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
