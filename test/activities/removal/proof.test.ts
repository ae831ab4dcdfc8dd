import { verifyCertificate, type CertificateResult } from '../../../cli/verify-certificate/verify';
import { auditLine } from '../../../contract/audit/chain';
import { readSigned } from '../../../contract/audit/signature';
import { failure } from '../../../providers/port/failures';
import type { Found } from '../../../providers/port/kind';
import { readTrail } from '../../../registry/audit/trail';
import { listEvidence } from '../../../registry/evidence/evidence';
import { requestResolution, takeResolution } from '../../../registry/operations/resolutions';
import { recordOutcome } from '../../../registry/operations/transitions';
import { findOperation } from '../../../registry/views/operations';
import { findCertificate } from '../../../registry/removal/certificates';
import { findStanding } from '../../../registry/tenants/tenants';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';
import { answeringKind, removalBench, type Answers, type Leaving } from './bench';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the proof of a removal: not run, this machine has no PostgreSQL');

suite('the proof of a removal', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.drop());

  /** A bench with one kind that answers so, and a second that has nothing any more. */
  async function bench(answers: Answers = {}, kind = 'thing') {
    const odd = answeringKind(kind, answers);
    const plain = answeringKind('other');
    const made = await removalBench(
      registry,
      [{ registered: plain.registered }, { registered: odd.registered }],
      ['A-1', 'A-2'],
    );
    return { ...made, odd, plain };
  }

  const answersOf = async ({ tenantId }: Leaving): Promise<string[]> =>
    (await listEvidence(registry.pool, tenantId)).map(({ check, answered }) => `${check} ${answered}`).sort();

  const stateOf = async ({ rows }: Leaving, kind = 'thing') => (await rows()).find((row) => row.kind === kind)!;

  /** The certificate as its verifier sees it, with the trail. */
  async function verified(
    { tenantId }: Leaving,
    { signer }: Awaited<ReturnType<typeof bench>>,
  ): Promise<CertificateResult> {
    const signed = (await findCertificate(registry.pool, tenantId))!;
    let trail = '';
    for await (const record of readTrail(registry.pool, { tenantId })) trail += `${auditLine(record)}\n`;
    return verifyCertificate({
      document: { certificate: readSigned(signed), signed },
      keys: { keys: [await signer.publicJwk()] },
      trail: Buffer.from(trail),
    });
  }

  test('every provider is asked for each thing and for its list, and the answers are kept as evidence', async () => {
    const { leaving } = await bench();
    const tenant = await leaving();
    expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
    expect(await answersOf(tenant)).toEqual([
      'removed.other absent',
      'removed.tenant-key absent',
      'removed.thing absent',
      'unlisted.other absent',
      'unlisted.tenant-key absent',
      'unlisted.thing absent',
    ]);
  });

  test('only what is in the region is asked for', async () => {
    const { leaving } = await bench();
    const tenant = await leaving();
    await tenant.activities.proveRemoval({ ...tenant, region: 'global' });
    expect(await answersOf(tenant)).toEqual(['removed.tenant-key absent', 'unlisted.tenant-key absent']);
  });

  test('a provider without an answer is asked again, and the others are not', async () => {
    const { leaving, odd, plain } = await bench({ lookups: removedThen(failure('AnswerLost', 'no answer')) });
    const tenant = await leaving();
    const before = plain.asked.lookups;
    await expect(tenant.activities.proveRemoval(tenant)).rejects.toMatchObject({ type: 'AnswerLost' });
    expect(await stateOf(tenant)).toMatchObject({ state: 'absent', lastError: 'no answer' });
    expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
    expect(plain.asked.lookups - before).toBe(1);
    expect(odd.asked.listings).toBe(1);
  });

  test('a list without an answer is no proof either', async () => {
    const { leaving } = await bench({ listings: [failure('OutcomeUnknown', 'unintelligible')] });
    const tenant = await leaving();
    await expect(tenant.activities.proveRemoval(tenant)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
  });

  describe('while a provider does not answer', () => {
    const silence = { type: 'ProviderUnavailable', message: 'No answer for long.', step: 'prove' as const };

    async function silent() {
      const made = await bench({ lookups: removedThen(failure('AnswerLost', 'no answer')) });
      const tenant = await made.leaving();
      await expect(tenant.activities.proveRemoval(tenant)).rejects.toMatchObject({ type: 'AnswerLost' });
      const id = `t-${tenant.tenantId}`;
      const operation = async () => (await findOperation(registry.pool, tenant.operationId))!;
      return { ...made, tenant, id, operation };
    }

    test('the operation names what was not answered about, and nothing else', async () => {
      const { tenant, id, operation } = await silent();
      const { status, leftovers } = await tenant.activities.concludeProof({ ...tenant, failure: silence });
      expect(status).toBe('needs_operator');
      expect(leftovers).toMatchObject([
        { kind: 'thing', id, lastError: expect.stringContaining('no answer') as string },
      ]);
      expect(await operation()).toMatchObject({ status: 'needs_operator', failure: silence, leftovers });
    });

    test('an answer ends that, and the removal is certified without a leftover', async () => {
      const made = await silent();
      const { tenant, operation } = made;
      await tenant.activities.concludeProof({ ...tenant, failure: silence });
      expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
      await tenant.activities.concludeProof({ operationId: tenant.operationId });
      expect(await operation()).toMatchObject({ status: 'removing', failure: null, leftovers: [] });
      await tenant.activities.certifyRemoval({ ...tenant, steps: [] });
      expect(await verified(tenant, made)).toMatchObject({ verdict: 'valid', certificate: { accepted: [] } });
    });

    test('an operator may accept it, and the certificate names it', async () => {
      const made = await silent();
      const { tenant, id } = made;
      const { operationId } = tenant;
      await tenant.activities.concludeProof({ operationId, failure: silence });
      await accept(operationId, [{ kind: 'thing', id }]);
      await tenant.activities.concludeProof({ operationId });
      expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
      await tenant.activities.certifyRemoval({ operationId, steps: [] });
      const { verdict, certificate } = await verified(tenant, made);
      expect([verdict, certificate!.accepted.map((each) => each.id)]).toEqual(['valid', [id]]);
    });

    test('when no worker has asked at all, everything of its region is named', async () => {
      const { leaving } = await bench();
      const tenant = await leaving();
      await tenant.activities.proveRemoval({ ...tenant, region: 'global' });
      const { leftovers } = await tenant.activities.concludeProof({ ...tenant, failure: silence });
      expect(leftovers.map(({ kind }) => kind)).toEqual(['other', 'thing']);
    });
  });

  /** An operator takes these over. */
  async function accept(operationId: string, leftovers: { kind: string; id: string }[]): Promise<void> {
    const resolutionId = `accept-${operationId}`;
    await requestResolution(registry.pool, {
      resolutionId,
      operationId,
      verb: 'accept',
      reason: 'The store was shut down.',
      requestedBy: 'token:operator',
      verified: true,
      idempotencyKey: null,
      requestHash: null,
      orderCiphertext: null,
      leftovers,
    });
    expect(await takeResolution(registry.pool, { operationId, resolutionId, verb: 'accept', steps: [] })).toBe('taken');
  }

  test('an answer that a thing is still there is believed only when it is repeated', async () => {
    const { leaving } = await bench({ lookups: removedThen({ state: 'present', id: 'lagging' }) });
    const tenant = await leaving();
    expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
    expect(await stateOf(tenant)).toMatchObject({ state: 'absent' });
  });

  test.each<[string, Answers, string]>([
    [
      'that is there again',
      { lookups: removedThen(...repeated({ state: 'present' as const, id: 'x' })) },
      'shows it again',
    ],
    [
      'without our marks',
      { lookups: removedThen(...repeated({ state: 'foreign' as const })) },
      'does not carry our marks',
    ],
  ])(
    'a thing %s is a leftover again, and the removal cannot be certified',
    async (_, answers, why) => {
      const { leaving } = await bench(answers);
      const tenant = await leaving();
      expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 1 });
      expect(await stateOf(tenant)).toMatchObject({
        state: 'closing',
        lastError: expect.stringContaining(why) as string,
      });
      await expect(tenant.activities.certifyRemoval({ ...tenant, steps: [] })).rejects.toMatchObject({
        type: 'VerificationFailed',
      });
      expect(await findStanding(registry.pool, tenant.tenantId)).not.toMatchObject({ state: 'gone' });
    },
    30_000,
  );

  test('a thing that is only listed is a leftover again', async () => {
    const listings: Answers['listings'] = [];
    const { leaving } = await bench({ listings });
    const tenant = await leaving();
    const { tenantId } = tenant;
    listings.push(
      ...repeated([
        { tenantId: 'another', name: 'n', id: 'i' },
        { tenantId, name: 'renamed', id: 'i' },
      ]),
    );
    expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 1 });
    expect(await stateOf(tenant)).toMatchObject({
      state: 'closing',
      lastError: expect.stringContaining('lists it') as string,
    });
  }, 30_000);

  test('the certificate ends the removal, holds with its trail, and names what stays', async () => {
    const made = await bench();
    const tenant = await made.leaving();
    await tenant.activities.proveRemoval(tenant);
    const certify = () =>
      tenant.activities.certifyRemoval({ operationId: tenant.operationId, steps: [{ id: 'finalize', state: 'done' }] });
    expect(await certify()).toEqual({ answer: 'committed' });
    expect(await findStanding(registry.pool, tenant.tenantId)).toMatchObject({ state: 'gone' });
    const result = await verified(tenant, made);
    expect(result).toMatchObject({ verdict: 'valid', findings: [], notes: [] });
    const { certificate } = result;
    expect(certificate!.headline).toBe(`Tenant ${tenant.tenantId} is removed.`);
    expect(certificate!.requested).toMatchObject({ by: 'token:signup', reason: 'customer_request' });
    expect(certificate!.resources.map(({ kind, asked }) => [kind, asked.map(({ how }) => how)])).toEqual([
      ['tenant-key', ['lookup', 'listing']],
      ['other', ['lookup', 'listing']],
      ['thing', ['lookup', 'listing']],
    ]);
    expect(certificate!.keys).toMatchObject([{ key: 'data-key', generation: 1, provider: 'key-ring' }]);
    expect(certificate!.retained[0]).toMatchObject({ what: 'audit trail' });
    // Asked again, the same certificate stands.
    const first = await findCertificate(registry.pool, tenant.tenantId);
    expect(await certify()).toEqual({ answer: 'committed' });
    expect(await findCertificate(registry.pool, tenant.tenantId)).toEqual(first);
  });

  test('invoices are named by number, and only of a tenant with a billing account', async () => {
    const made = await bench({}, 'billing-customer');
    const tenant = await made.leaving();
    await tenant.activities.proveRemoval(tenant);
    await tenant.activities.certifyRemoval({ ...tenant, steps: [] });
    const { certificate } = await verified(tenant, made);
    expect(certificate!.retained).toContainEqual(
      expect.objectContaining({ what: 'invoices: A-1 (in_A-1), A-2 (in_A-2)', where: 'memory', until: null }),
    );
  });

  test('accounts of former members that stay are named with the reason', async () => {
    const made = await bench({}, 'idp-organization');
    const tenant = await made.leaving();
    await registry.pool.query(
      `update resource set facts = '{"keptAccounts": {"another-tenant": 1, "another-organization": 2}}' where tenant_id = $1 and kind = 'idp-organization'`,
      [tenant.tenantId],
    );
    await tenant.activities.proveRemoval(tenant);
    await tenant.activities.certifyRemoval({ ...tenant, steps: [] });
    const { certificate, verdict } = await verified(tenant, made);
    expect(verdict).toBe('valid');
    const accounts = certificate!.retained.filter(({ what }) => what.includes('account'));
    expect(accounts.map(({ what, why }) => [what, why])).toEqual([
      ['1 account of a former member', expect.stringContaining('other tenants')],
      ['2 accounts of former members', expect.stringContaining('other organizations')],
    ]);
  });

  test('a key that its provider deletes later is named with the date', async () => {
    const deletesAt = new Date('2027-03-01T00:00:00.000Z');
    const scheduled = { state: 'scheduled' as const, id: 'arn', facts: { deletesAt } };
    const made = await bench({ lookups: [{ state: 'absent' }, scheduled, scheduled] }, 'kms-key');
    const tenant = await made.leaving();
    expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
    await tenant.activities.certifyRemoval({ ...tenant, steps: [] });
    const { certificate, verdict } = await verified(tenant, made);
    expect(verdict).toBe('valid');
    expect(certificate!.keys).toContainEqual(
      expect.objectContaining({ key: 'own-key', destroyedAt: null, deletesAt: deletesAt.toISOString() }),
    );
  });

  test('a leftover that an operator has accepted is named, whether its provider answers or not', async () => {
    const made = await bench({ lookups: [{ state: 'absent' }, new Error('The store was shut down.')] });
    const tenant = await made.leaving(['thing']);
    const { operationId, tenantId } = tenant;
    const id = `t-${tenantId}`;
    await registry.pool.query(`update operation set status = 'needs_operator' where operation_id = $1`, [operationId]);
    await accept(operationId, [{ kind: 'thing', id }]);
    await recordOutcome(registry.pool, { operationId, status: 'removing' });
    expect(await tenant.activities.proveRemoval(tenant)).toEqual({ left: 0 });
    expect(await tenant.activities.certifyRemoval({ operationId, steps: [] })).toEqual({ answer: 'committed' });
    const { certificate, verdict } = await verified(tenant, made);
    expect(verdict).toBe('valid');
    expect(certificate!.headline).toBe(`Tenant ${tenantId} is removed except for thing ${id} (memory, eu-central).`);
    expect(certificate!.accepted).toMatchObject([
      {
        kind: 'thing',
        id,
        by: 'token:operator',
        reason: 'The store was shut down.',
        asked: [{ answer: 'unanswered' }],
      },
    ]);
  });

  test('what was not asked about is not certified', async () => {
    const { leaving } = await bench();
    const tenant = await leaving();
    await expect(tenant.activities.certifyRemoval({ ...tenant, steps: [] })).rejects.toMatchObject({
      type: 'VerificationFailed',
      message: expect.stringContaining('/resources/0/asked') as string,
    });
    expect(await findCertificate(registry.pool, tenant.tenantId)).toBeUndefined();
  });

  test('an operation that is not removing anything is refused a certificate', async () => {
    const { leaving } = await bench();
    const tenant = await leaving();
    await tenant.activities.proveRemoval(tenant);
    await registry.pool.query(`update operation set status = 'grace' where operation_id = $1`, [tenant.operationId]);
    expect(await tenant.activities.certifyRemoval({ ...tenant, steps: [] })).toEqual({ answer: 'refused' });
    expect(await findCertificate(registry.pool, tenant.tenantId)).toBeUndefined();
  });

  test('the run-time login can add certificates, but neither change nor remove one', async () => {
    for (const sql of [
      'update removal_certificate set certificate_id = certificate_id',
      'delete from removal_certificate',
    ])
      await expect(registry.pool.query(sql)).rejects.toMatchObject({ code: '42501' });
    await expect(registry.asOwner('truncate removal_certificate')).rejects.toMatchObject({ code: '42501' });
  });
});

/** Answers after those that the thing is not there yet, and not there any more. */
function removedThen(...answers: (Found | Error)[]): (Found | Error)[] {
  return [{ state: 'absent' }, { state: 'absent' }, ...answers];
}

/** As often as a question is repeated before its answer is believed. */
function repeated<T>(answer: T): T[] {
  return [answer, answer, answer, answer];
}
