import { createPostgres, type Postgres } from '../../providers/postgres/postgres';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../providers/storage/s3-client';
import { createStorage, type Storage } from '../../providers/storage/storage';
import type { Check } from '../../providers/port/check';
import type { RegionSettings } from '../../config/regions';
import { dashName, newTenantId } from '../../contract/ids';
import { motoMissing, startMoto } from '../helpers/providers/storage/moto';
import { hasPostgres } from '../helpers/registry';
import { storageRegion, versityRegions } from '../helpers/providers/storage/storage-regions';
import { stackEndpoints } from '../stack';
import { memorySecrets } from './kind-suite';
import { startClusters, type Clusters } from './postgres/clusters';
import { tenantStorage } from './storage/fixture';

const REGION = 'eu-central';
const signal = AbortSignal.timeout(120_000);
const failed = (checks: Check[]): string[] => checks.filter(({ passed }) => !passed).map(({ id }) => id);
const answerOf = (checks: Check[], id: string): string => checks.find((check) => check.id === id)!.answered;

const regions = versityRegions(stackEndpoints('s3'));
if (regions.length === 0) test.todo('location of a bucket: not run, the stack has no object store on this machine');
else
  describe('location of a bucket', () => {
    const storage = createStorage(regions);
    const region = storage.forRegion(REGION);
    let tenant: Awaited<ReturnType<typeof tenantStorage>>;
    beforeAll(async () => {
      await region.vault.prepare(signal);
      tenant = await tenantStorage(region.kinds, REGION);
    });
    afterAll(async () => {
      await tenant?.remove();
      storage.close();
    });

    test('the store names its region for the tenant’s bucket and the vault', async () => {
      const checks = await region.locate({ tenantId: tenant.tenantId, signal });
      expect(answerOf(checks, 'residency.bucket')).toBe(REGION);
      expect(answerOf(checks, 'residency.vault')).toBe(REGION);
      // The local stack has no TLS, and the check reports it.
      expect(failed(checks)).toEqual(['transport.storage']);
    });

    test('a store in a different region from the one in the regions file rejects the request', async () => {
      const { storage: settings } = regions.find(({ name }) => name === REGION)!;
      const stated = createStorage([storageRegion('us-east', { ...settings, region: 'us-east-1' })]);
      const answers = stated.forRegion('us-east').locate({ tenantId: tenant.tenantId, signal });
      await expect(answers).rejects.toThrow(/expecting "eu-central"/);
      stated.close();
    });
  });

const missing = motoMissing();
if (missing !== undefined) test.todo(`location of a bucket at AWS: not run, ${missing}`);
else
  describe('location of a bucket with the API of AWS', () => {
    let moto: Awaited<ReturnType<typeof startMoto>>;
    beforeAll(async () => {
      moto = await startMoto();
    }, 180_000);
    afterAll(() => moto?.stop());

    test('a bucket elsewhere is noticed, even in the region for which S3 returns no name', async () => {
      const settings = (region: string): RegionSettings['storage'] => ({
        provider: 'aws',
        name: 's3',
        endpoint: moto.url,
        iamEndpoint: moto.url,
        region,
        capacity: 1,
        accessKeyId: 'a',
        secretAccessKey: 'b',
        vaultBucket: 'vault-of-tests',
      });
      const tenantId = newTenantId();
      const admin = s3Client(settings('eu-central-1'));
      const there = { LocationConstraint: 'eu-central-1' as const };
      await admin.send(new CreateBucketCommand({ Bucket: dashName(tenantId), CreateBucketConfiguration: there }));
      const [first, second] = ['eu-central-1', 'us-east-1'].map((name) =>
        createStorage([storageRegion(name, settings(name))]),
      ) as [Storage, Storage];
      await second.forRegion('us-east-1').vault.prepare(signal);

      const asEu = await first.forRegion('eu-central-1').locate({ tenantId, signal });
      expect(failed(asEu)).toEqual(['residency.vault', 'transport.storage']);
      expect(answerOf(asEu, 'residency.vault')).toBe('us-east-1');
      const asUs = await second.forRegion('us-east-1').locate({ tenantId, signal });
      expect(failed(asUs)).toEqual(['residency.bucket', 'transport.storage']);
      admin.destroy();
      first.close();
      second.close();
    });
  });

if (!hasPostgres()) test.todo('location of a database: not run, the stack has no PostgreSQL on this machine');
else
  describe('location of a database', () => {
    const cellAt = (url: string): RegionSettings => ({
      ...storageRegion(REGION, {
        provider: 'versity',
        name: 's3',
        region: REGION,
        accessKeyId: 'a',
        secretAccessKey: 'b',
        capacity: 1,
      }),
      database: { cells: [{ name: 'cell-1', url, capacity: 10, maxConnections: 2 }] },
    });
    const secrets = memorySecrets();
    const place = { region: REGION, cell: 'cell-1', signal, tenantId: newTenantId(), isolation: 'pooled' as const };
    let clusters: Clusters;
    let here: Postgres;
    let there: Postgres;
    beforeAll(async () => {
      clusters = await startClusters(undefined);
      const [first, second] = clusters.regions[0]!.database.cells;
      here = createPostgres([cellAt(first!.url)], secrets);
      there = createPostgres([cellAt(second!.url)], secrets);
      await here.prepare();
      // In-memory passwords, so that preparing this server does not touch the stored ones of the cell.
      await createPostgres([cellAt(second!.url)], memorySecrets()).prepare();
    }, 120_000);
    afterAll(async () => {
      await Promise.all([here?.close(), there?.close()]);
      await clusters?.stop();
    });

    test('the server gives its identifier and address, and whether the connection is encrypted', async () => {
      const checks = await here.locate(place);
      expect(failed(checks)).toEqual(['transport.database']);
      expect(answerOf(checks, 'residency.database')).toMatch(/^app_pool on server \d{15,} at 127\.0\.0\.1$/);
    });

    test('another server under the cell’s name is noticed, and the first server is not forgotten', async () => {
      expect(failed(await here.locate(place))).not.toContain('residency.database');
      const checks = await there.locate(place);
      expect(failed(checks)).toContain('residency.database');
      expect(answerOf(checks, 'residency.database')).toMatch(/; the cell’s server is \d{15,}$/);
      expect(failed(await here.locate(place))).not.toContain('residency.database');
    });
  });
