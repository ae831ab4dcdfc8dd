import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import request from 'supertest';
import { tenantEvidenceSchema, type TenantEvidence } from '../../../../contract/schemas/tenants/evidence-schema';
import { recordEvidence, type Evidence } from '../../../../registry/evidence/evidence';
import { markPresent } from '../../../../registry/ledger/ledger';
import { intended } from '../../../helpers/ledger';
import { transaction } from '../../../../registry/database';
import { recordOutcome } from '../../../../registry/operations/transitions';
import { registerProcessors, registerRegions } from '../../../../registry/capacity/regions';
import { destroyTenantKey } from '../../../../registry/keys/tenant-keys';
import { expectAnswer, expectProblem, order, startApiHarness, type ApiHarness } from '../../../helpers/api';

let api: ApiHarness;
let tenantId: string;
let operationId: string;
beforeAll(async () => {
  api = await startApiHarness();
  const { pool } = api.registry;
  await registerRegions(pool, [{ region: 'eu-central', jurisdiction: 'EU' }]);
  await registerProcessors(pool, [
    { service: 'identity', name: 'Keycloak', jurisdiction: 'EU' },
    { service: 'billing', name: 'Stripe', jurisdiction: 'US' },
    { service: 'mail', name: 'mail server', jurisdiction: null },
  ]);
  ({ tenantId, operationId } = await ordered());
  await recordOutcome(pool, { operationId, status: 'validating', region: 'eu-central' });
  const resourceId = await intended(pool, {
    tenantId,
    operationId,
    step: 'storage-and-compute',
    kind: 'bucket',
    provider: 'versity',
    region: 'eu-central',
    cell: 'eu-central-s3',
    name: `t-${tenantId}`,
  });
  await markPresent(pool, resourceId, `t-${tenantId}`, {});
  const answers = [answer({ passed: false, answered: '<b>allowed</b>' }), answer({})];
  await transaction(pool, (client) => recordEvidence(client, answers));
});
afterAll(() => api.stop());

async function ordered(): Promise<{ tenantId: string; operationId: string }> {
  const client = await api.as(['tenants:order']);
  const compliance = { dataResidency: 'EU', retentionPeriod: 365, encryptionLevel: 'standard' as const };
  const { body } = await client.post('/v1/tenants', order({ compliance })).expect(202);
  return body as { tenantId: string; operationId: string };
}

function answer(change: Partial<Evidence>): Evidence {
  return {
    tenantId,
    operationId,
    askedBy: 'run/13',
    probe: 'storage.anonymous.read',
    check: 'storage.anonymous.read',
    claim: 'A request without a key is refused',
    passed: true,
    provider: 'versity',
    region: 'eu-central',
    answered: 'AccessDenied (403)',
    at: new Date('2026-01-31T12:00:00.123Z'),
    ...change,
  };
}

const url = (): string => `/v1/tenants/${tenantId}/evidence`;

async function read(): Promise<TenantEvidence> {
  return expectAnswer(await (await api.as(['tenants:read'])).get(url()), 200, tenantEvidenceSchema);
}

test('evidence shows where everything is stored, which law applies, and who else processes personal data', async () => {
  const evidence = await read();
  expect(evidence.residency).toEqual({ asked: 'EU', region: 'eu-central', jurisdiction: 'EU' });
  expect(evidence.places).toContainEqual({
    what: 'bucket',
    provider: 'versity',
    region: 'eu-central',
    jurisdiction: 'EU',
    cell: 'eu-central-s3',
    id: `t-${tenantId}`,
    state: 'present',
  });
  expect(evidence.processors.map(({ service, insideJurisdiction }) => [service, insideJurisdiction])).toEqual([
    ['billing', false],
    ['identity', true],
    ['mail', null],
  ]);
  expect(evidence.template).toMatchObject({ id: 'starter', schemaVersion: '0001', isolation: 'pooled' });
  expect(evidence.encryption).toMatchObject({ level: 'standard', key: 'present' });
  expect(evidence.encryption.generations).toMatchObject([{ generation: 1, wrappedBy: 'local', destroyedAt: null }]);
  expect(evidence.links).toMatchObject({ trail: `/v1/tenants/${tenantId}/audit` });
});

test('every hash, and the digest over all of them, can be recomputed from the evidence', async () => {
  const { entries, digest } = await read();
  expect(entries).toHaveLength(2);
  for (const { hash, current: _, ...hashed } of entries)
    expect(createHash('sha256').update(canonicalize(hashed)!).digest('hex')).toBe(hash);
  const lines = entries.map(({ hash }) => `${hash}\n`).join('');
  expect(digest).toEqual({ entries: 2, sha256: createHash('sha256').update(lines).digest('hex') });
});

test('the last answer to a repeated question is current, and the earlier ones stay', async () => {
  const { entries } = await read();
  expect(entries.map(({ passed, current }) => [passed, current])).toEqual([
    [false, false],
    [true, true],
  ]);
});

test('evidence contains no person’s name and no secret', async () => {
  const text = JSON.stringify(await read());
  for (const personal of ['grace@harbour.example', 'Grace', 'Hopper', 'Harbour Cranes'])
    expect(text).not.toContain(personal);
});

test('a browser gets a printable page that escapes HTML in the answers', async () => {
  const token = await api.token(['tenants:read']);
  const page = await request(api.app)
    .get(url())
    .auth(token, { type: 'bearer' })
    .set('accept', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8');
  expect(page.status).toBe(200);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers['vary']).toContain('Accept');
  const style = /<style>([\s\S]*)<\/style>/.exec(page.text)![1]!;
  const allowed = createHash('sha256').update(style).digest('base64');
  expect(page.headers['content-security-policy']).toContain(`style-src 'sha256-${allowed}'`);
  expect(page.headers['content-security-policy']).toContain(`default-src 'none'`);
  expect(style).toContain('@media print');
  expect(page.text).not.toMatch(/<script|<link|<b>/);
  expect(page.text).toContain('storage.anonymous.read');
});

test.each(['application/json', '*/*', 'text/html, application/json'])(
  'with Accept: %s the evidence is JSON',
  async (accept) => {
    const token = await api.token(['tenants:read']);
    const { headers } = await request(api.app).get(url()).auth(token, { type: 'bearer' }).set('accept', accept);
    expect(headers['content-type']).toMatch(/^application\/json/);
  },
);

test('a caller who may not see the tenant learns nothing', async () => {
  expectProblem(await (await api.as(await api.token(['tenants:order'], 'another'))).get(url()), 'not-found');
  expectProblem(await (await api.as(['approvals:decide'])).get(url()), 'forbidden');
});

test('the evidence stays after the key is destroyed, and says so', async () => {
  const other = await ordered();
  await destroyTenantKey(api.registry.pool, other.tenantId);
  const response = await (await api.as(['tenants:read'])).get(`/v1/tenants/${other.tenantId}/evidence`);
  const evidence = expectAnswer(response, 200, tenantEvidenceSchema);
  expect(evidence.encryption).toMatchObject({ level: null, key: 'destroyed' });
  for (const { where, protection } of evidence.personalData)
    if (where.startsWith('registry')) expect(protection).toContain('destroyed');
});
