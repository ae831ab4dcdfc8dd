import { CreateBucketCommand, DeleteBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Classify } from '../../../providers/port/failures';
import type { ResourceKind } from '../../../providers/port/kind';
import { purge } from '../../../providers/storage/objects/purge';
import { s3Client } from '../../../providers/storage/s3-client';
import { createStorage, type Storage } from '../../../providers/storage/storage';
import type { RemovalCertificate } from '../../../contract/schemas/tenants/certificate-schema';
import { readSigned } from '../../../contract/audit/signature';
import { dashName, underscoreName } from '../../../contract/ids';
import { findCertificate } from '../../../registry/removal/certificates';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { versityRegions } from '../../helpers/providers/storage/storage-regions';
import { REGION, startClusters, type Clusters } from '../../providers/postgres/clusters';
import { specOf } from '../../providers/postgres/tenant';
import { BUCKET_SPEC } from '../../providers/storage/fixture';
import { stackEndpoints } from '../../stack';
import { removalBench, type Given } from './bench';

const endpoints = stackEndpoints('s3', 'postgres');
const possible = hasPostgres() && endpoints.s3?.[REGION] !== undefined;
const suite = possible ? describe : describe.skip;
if (!possible)
  test.todo('the proof of a removal at real providers: not run, this machine has no PostgreSQL or no object store');

suite('a removal at PostgreSQL and at an object store', () => {
  let registry: TestRegistry;
  let clusters: Clusters;
  let storage: Storage;
  let s3: S3Client;
  let given: Given[];

  beforeAll(async () => {
    registry = await createTestRegistry();
    clusters = await startClusters(undefined);
    const regions = versityRegions(endpoints);
    storage = createStorage(regions);
    s3 = s3Client(regions.find(({ name }) => name === REGION)!.storage);
    const { owner, schema, login, classify } = clusters.postgres;
    const { accessKey, bucket } = storage.forRegion(REGION).kinds;
    const one = <Spec extends object>(kind: ResourceKind<Spec>, by: Classify, spec: Spec): Given => ({
      registered: { kind, classify: by },
      spec,
    });
    given = [
      one(owner, classify, specOf('schema')),
      one(schema, classify, specOf('schema')),
      one(login, classify, specOf('schema')),
      one(accessKey, storage.classify, {}),
      one(bucket, storage.classify, BUCKET_SPEC),
    ];
  }, 120_000);
  afterAll(async () => {
    s3?.destroy();
    storage?.close();
    await clusters?.stop();
    await registry?.drop();
  });

  async function certified(tenantId: string): Promise<RemovalCertificate> {
    return readSigned((await findCertificate(registry.pool, tenantId))!) as RemovalCertificate;
  }

  test('is proved by what both answer, and certified', async () => {
    const { leaving } = await removalBench(registry, given);
    const { tenantId, operationId, activities } = await leaving();
    expect(await activities.proveRemoval({ operationId })).toEqual({ left: 0 });
    expect(await activities.certifyRemoval({ operationId, steps: [] })).toEqual({ answer: 'committed' });
    const { resources } = await certified(tenantId);
    expect(
      resources.map(({ kind, asked }) => [kind, ...asked.map(({ who, how, answer }) => `${who} ${how} ${answer}`)]),
    ).toEqual([
      ['tenant-key', 'registry lookup absent', 'registry listing absent'],
      ...['postgres-owner', 'postgres-schema', 'postgres-login'].map((kind) => [
        ...[kind, 'postgres lookup absent', 'postgres listing absent'],
      ]),
      ...['storage-access-key', 'bucket'].map((kind) => [kind, 'versity lookup absent', 'versity listing absent']),
    ]);
  });

  test('is not certified while something of the tenant’s name is there, and is once that is gone', async () => {
    const { activities: ofRun, effects, leaving } = await removalBench(registry, given);
    const { tenantId, operationId, rows, activities } = await leaving();
    const Bucket = dashName(tenantId);
    const schema = underscoreName(tenantId);
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'forgotten', Body: 'x' }));
    await clusters.superuser(`create schema ${schema}`, undefined, 'app_schemas');

    expect(await activities.proveRemoval({ operationId })).toEqual({ left: 2 });
    const closing = (await rows()).filter(({ state }) => state === 'closing');
    expect(closing.map(({ kind }) => kind).sort()).toEqual(['bucket', 'postgres-schema']);
    await expect(activities.certifyRemoval({ operationId, steps: [] })).rejects.toMatchObject({
      type: 'VerificationFailed',
    });

    await clusters.superuser(`drop schema ${schema}`, undefined, 'app_schemas');
    await emptied(Bucket);
    const provisioning = closing[0]!.operationId;
    await effects.releaseStep(provisioning, 'reserve');
    const later = ofRun('a run that was started again/1');
    expect(await later.proveRemoval({ operationId })).toEqual({ left: 0 });
    expect(await later.certifyRemoval({ operationId, steps: [] })).toEqual({ answer: 'committed' });
    const { headline } = await certified(tenantId);
    expect(headline).toBe(`Tenant ${tenantId} is removed.`);
  });

  async function emptied(Bucket: string): Promise<void> {
    await purge(s3, Bucket, { signal: AbortSignal.timeout(30_000) });
    await s3.send(new DeleteBucketCommand({ Bucket }));
  }
});
