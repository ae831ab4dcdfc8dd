import { createHash } from 'node:crypto';
import { GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { msToTs, type Duration } from '@temporalio/common/lib/time';
import canonicalize from 'canonicalize';
import { s3Client } from '../../../providers/storage/s3-client';
import type { AuditRecord } from '../../../contract/audit/chain';
import { dashName } from '../../../contract/ids';
import type { TenantEvidence } from '../../../contract/schemas/tenants/evidence-schema';
import { scanWorkflowId, type ScanOutcome } from '../../../contract/maintenance/scans';
import { startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { createStandInScanner, type StandInScanner } from '../../helpers/providers/stand-in-scanner';
import { versityRegions } from '../../helpers/providers/storage/storage-regions';
import { stackEndpoints } from '../../stack';
import { eventually } from '../../stack/eventually';

const real = stackEndpoints('scanner').scanner?.command;

let product: TestProduct;
let scanner: StandInScanner;
const tenants = {} as Record<'clean' | 'slow' | 'broken' | 'orphaned' | 'lost', Ordered>;

/** Requests a scan and expects it to begin. */
async function begin(tenant: Ordered): Promise<void> {
  expect(await ask(tenant)).toMatchObject({ status: 202, body: { status: 'scanning' } });
}
const ask = ({ tenantId }: Ordered) => product.call('operator', 'POST', `/v1/tenants/${tenantId}/scans`);

/** The scan in progress, once it has ended. */
const outcomeOf = ({ tenantId }: Ordered) =>
  product.temporal.workflow.getHandle(scanWorkflowId(tenantId)).result() as Promise<ScanOutcome>;

async function scan(tenant: Ordered): Promise<ScanOutcome> {
  await begin(tenant);
  return outcomeOf(tenant);
}

async function read<T>({ tenantId }: Ordered, what: string): Promise<T> {
  const { status, body } = await product.call('operator', 'GET', `/v1/tenants/${tenantId}/${what}`);
  expect(status).toBe(200);
  return body as T;
}
const listed = async (tenant: Ordered) => (await read<{ items: object[] }>(tenant, 'scans')).items;

/** Evidence entries of one scan. */
async function foundBy(tenant: Ordered, { scanId }: ScanOutcome): Promise<TenantEvidence['entries']> {
  const { entries } = await read<TenantEvidence>(tenant, 'evidence');
  return entries.filter(({ askedBy }) => askedBy === scanId);
}

/** Trail entries about a scan. */
async function trailOf(tenant: Ordered, { scanId }: ScanOutcome): Promise<AuditRecord[]> {
  const lines = (await read<string>(tenant, 'audit?limit=10000')).trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as AuditRecord);
  return records.filter(({ action, detail }) => action === 'scan.ended' && detail['scanId'] === scanId);
}

/** Shortens the heartbeat time-out to `time` from a minute, for this attempt and later ones. Heartbeats come every 15 s. */
async function shortenHeartbeatTimeout(time: Duration, { tenantId }: Ordered): Promise<void> {
  await product.temporal.connection.workflowService.updateActivityOptions({
    namespace: product.namespace,
    execution: { workflowId: scanWorkflowId(tenantId) },
    type: 'scan',
    activityOptions: { heartbeatTimeout: msToTs(time), retryPolicy: { initialInterval: msToTs('1s') } },
    updateMask: { paths: ['heartbeat_timeout', 'retry_policy.initial_interval'] },
  });
}

if (real === undefined)
  test.todo('a scan through the whole product: not run, the stack has no scanner on this machine');
else
  describe('a scan that an operator requests', () => {
    beforeAll(async () => {
      scanner = createStandInScanner(real);
      product = await startTestProduct({ overrides: { S3SCANNER_BIN: scanner.command } });
      for (const name of ['clean', 'slow', 'broken', 'orphaned', 'lost'] as const)
        tenants[name] = await product.order();
      for (const { operationId } of Object.values(tenants))
        expect((await product.untilEnded(operationId)).status).toBe('active');
      // Its heartbeat times out while the other tests run.
      scanner.hold(tenants.orphaned.tenantId);
      await begin(tenants.orphaned);
      await eventually(() => scanner.starts(tenants.orphaned.tenantId) === 1);
      await shortenHeartbeatTimeout('20s', tenants.orphaned);
      await product.kill('worker');
      await product.restart('worker');
      scanner.letGo(tenants.orphaned.tenantId);
    }, 180_000);
    afterAll(async () => {
      await product?.stop();
      scanner?.remove();
    });

    test('runs the real scanner and appears in the list, as evidence with the right hash, and in the trail', async () => {
      const outcome = await scan(tenants.clean);
      expect(outcome).toMatchObject({ state: 'done' });
      const { scanId } = outcome;
      expect(await listed(tenants.clean)).toMatchObject([
        { scanId, state: 'done', scanner: expect.stringMatching(/^s3scanner 2\./), requestedBy: 'token:operator' },
      ]);
      const entries = await foundBy(tenants.clean, outcome);
      expect(entries).toMatchObject([
        { check: 'scan.run', passed: true, answered: '1 answers', region: 'eu-central', current: true },
        { check: 'scan.s3.all-users', passed: true, answered: 'info: nothing is allowed', current: true },
      ]);
      for (const { hash, current: _, ...hashed } of entries)
        expect(createHash('sha256').update(canonicalize(hashed)!).digest('hex')).toBe(hash);
      const { digest } = await read<TenantEvidence>(tenants.clean, 'evidence');
      expect(await trailOf(tenants.clean, outcome)).toMatchObject([{ detail: { state: 'done', evidence: digest } }]);
    });

    test('reports a bucket that was made public at the store, until it is closed again', async () => {
      const { tenantId, operationId } = tenants.clean;
      const Bucket = dashName(tenantId);
      const { storage } = versityRegions(product.endpoints).find(({ name }) => name === 'eu-central')!;
      const admin = s3Client(storage);
      const { Policy: closed } = await admin.send(new GetBucketPolicyCommand({ Bucket }));
      const policy = JSON.parse(closed!) as { Statement: object[] };
      const open = { Effect: 'Allow', Principal: '*', Action: ['s3:ListBucket'], Resource: `arn:aws:s3:::${Bucket}` };
      const Policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, open] });
      await admin.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      const opened = await scan(tenants.clean).finally(async () => {
        await admin.send(new PutBucketPolicyCommand({ Bucket, Policy: closed }));
        admin.destroy();
      });
      expect(opened).toMatchObject({ state: 'done' });
      const finding = { check: 'scan.s3.all-users', passed: false, answered: 'high: allowed: Read' };
      expect(await foundBy(tenants.clean, opened)).toContainEqual(
        expect.objectContaining({ ...finding, current: true }),
      );
      expect(await product.operation(operationId)).toMatchObject({ status: 'active' });

      const again = await scan(tenants.clean);
      expect(await foundBy(tenants.clean, again)).toContainEqual(
        expect.objectContaining({ check: 'scan.s3.all-users', passed: true, current: true }),
      );
      expect(await foundBy(tenants.clean, opened)).toContainEqual(
        expect.objectContaining({ ...finding, current: false }),
      );
    });

    test('is the only one: the second of two simultaneous requests is told that a scan is running', async () => {
      const { slow } = tenants;
      scanner.hold(slow.tenantId);
      const answers = await Promise.all([ask(slow), ask(slow)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
      expect(answers.find(({ status }) => status === 409)!.body.detail).toMatch(/is under way/);
      scanner.letGo(slow.tenantId);
      expect(await outcomeOf(slow)).toMatchObject({ state: 'done' });
      expect(await listed(slow)).toHaveLength(1);
      expect(scanner.starts(slow.tenantId)).toBe(1);
    });

    test('is reported once even if the API is killed and returns after the scanner has ended', async () => {
      const { slow } = tenants;
      scanner.hold(slow.tenantId);
      await begin(slow);
      await eventually(() => scanner.starts(slow.tenantId) === 1);
      await product.kill('api');
      scanner.letGo(slow.tenantId);
      await eventually(() => scanner.hasEnded(slow.tenantId), 30_000);
      await product.restart('api');
      const outcome = await outcomeOf(slow);
      expect(outcome).toMatchObject({ state: 'done' });
      expect(await foundBy(slow, outcome)).toMatchObject([{ check: 'scan.run' }, { check: 'scan.s3.all-users' }]);
      expect(await trailOf(slow, outcome)).toHaveLength(1);
      expect(scanner.starts(slow.tenantId)).toBe(1);
    });

    test('fails with a reason when its scanner ends twice without an answer, and another can be requested', async () => {
      const { broken } = tenants;
      scanner.become(broken.tenantId, 'exit 3');
      const failed = await scan(broken);
      const { scanId, outcome } = failed;
      expect(failed).toMatchObject({ state: 'failed', outcome: 'It ended with code 3. It was started twice.' });
      expect(scanner.starts(broken.tenantId)).toBe(2);
      expect(await listed(broken)).toMatchObject([{ scanId, state: 'failed', outcome }]);
      expect(await foundBy(broken, failed)).toMatchObject([
        { check: 'scan.run', passed: false, answered: `failed: ${outcome}` },
      ]);
      expect(await trailOf(broken, failed)).toMatchObject([{ detail: { state: 'failed' } }]);
      scanner.standDown(broken.tenantId);
      expect(await scan(broken)).toMatchObject({ state: 'done' });
    });

    test('is given up with a reason when it is lost twice: late reports are refused, and another can be requested', async () => {
      const { lost } = tenants;
      const { tenantId } = lost;
      scanner.hold(tenantId);
      await begin(lost);
      await eventually(() => scanner.starts(tenantId) === 1);
      // Long enough for a busy machine to start the second scanner before it is given up, too.
      await shortenHeartbeatTimeout('4s', lost);
      const outcome = await outcomeOf(lost);
      expect(outcome).toMatchObject({ state: 'failed', outcome: expect.stringMatching(/^No report arrived/) });
      expect(scanner.starts(tenantId)).toBe(2);
      scanner.letGo(tenantId);
      await eventually(() => scanner.hasEnded(tenantId), 30_000);
      expect((await listed(lost))[0]).toMatchObject(outcome);
      expect(await foundBy(lost, outcome)).toMatchObject([
        { check: 'scan.run', passed: false, answered: `failed: ${outcome.outcome}` },
      ]);
      expect(await trailOf(lost, outcome)).toMatchObject([{ detail: { state: 'failed' } }]);
      scanner.standDown(tenantId);
      expect(await scan(lost)).toMatchObject({ state: 'done' });
    });

    test('starts again after its worker was killed together with its scanner', async () => {
      const { orphaned } = tenants;
      expect(await outcomeOf(orphaned)).toMatchObject({ state: 'done' });
      expect(scanner.starts(orphaned.tenantId)).toBe(2);
      const failed = { state: 'failed', outcome: 'No report came in time.' };
      expect(await listed(orphaned)).toMatchObject([{ state: 'done' }, failed]);
    });
  });
