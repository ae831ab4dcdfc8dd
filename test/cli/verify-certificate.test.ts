import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtProduct } from '../../stack/product/build';
import { verifyCertificate } from '../../cli/verify-certificate/verify';
import { CERTIFIED } from '../../contract/removal/certificate';
import type { RemovalCertificate, SignedCertificate } from '../../contract/schemas/tenants/certificate-schema';
import { chainOf, linesOf, testSigner } from '../helpers/audit/audit-chain';
import { certificate, minute } from '../helpers/audit/certificates';

const OPERATION = 'op_aaaaaaaaaaaaaaaaaaaa';
const signer = testSigner();
const keysOf = async () => ({ keys: [await signer.publicJwk()] });

async function check(document: unknown, trail?: Uint8Array) {
  return verifyCertificate({ document, keys: await keysOf(), trail });
}

async function found(document: unknown, trail?: Uint8Array): Promise<[string, string][]> {
  return (await check(document, trail)).findings.map(({ problem, field }) => [problem, field]);
}

/** Every value in a certificate that has no members of its own, by its JSON pointer. */
function leaves(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, part]) => leaves(part, `${at}/${name}`));
}

/** A copy in which the value at the pointer is another of its type. */
function forged(original: RemovalCertificate, pointer: string): RemovalCertificate {
  const copy = structuredClone(original);
  const names = pointer.slice(1).split('/');
  const last = names.pop()!;
  const parent = names.reduce<Record<string, unknown>>((at, name) => at[name] as Record<string, unknown>, { ...copy });
  const value = parent[last];
  parent[last] = typeof value === 'number' ? value + 1 : typeof value === 'string' ? `${value}x` : 'x';
  // A member of the certificate itself was set on the shallow copy.
  return names.length === 0 ? { ...copy, [last]: parent[last] } : copy;
}

describe('a certificate', () => {
  test('that is as it was handed out is valid, and the check says what it could not know', async () => {
    const result = await check(await signer.certify(certificate()));
    expect(result).toMatchObject({ verdict: 'valid', findings: [] });
    expect(result.checked.join('\n')).toContain('2 removed resources, with 3 answers of providers');
    expect(result.notes).toEqual([expect.stringContaining('No trail was given')]);
  });

  test('survives being formatted by an editor', async () => {
    const document = await signer.certify(certificate());
    const { certificate: copy, signed } = JSON.parse(JSON.stringify(document, undefined, 4)) as SignedCertificate;
    const reversed = Object.fromEntries(Object.entries(copy).reverse());
    expect(await found({ signed, certificate: reversed })).toEqual([]);
  });

  test.each(leaves(certificate()))(
    'whose copy was altered at %s is not valid, and the field is named',
    async (field) => {
      const { certificate: original, signed } = await signer.certify(certificate());
      expect(await found({ certificate: forged(original, field), signed })).toEqual([['altered', field]]);
    },
  );

  test.each(leaves(certificate()))('altered at %s and in what is signed has no valid signature', async (field) => {
    const { certificate: original, signed } = await signer.certify(certificate());
    const changed = forged(original, field);
    const { signed: resigned } = await testSigner().certify(changed);
    for (const signature of [{ ...signed, payload: resigned.payload }, resigned])
      expect(await found({ certificate: changed, signed: signature })).toContainEqual(['signature', '']);
  });

  test('is not valid with something unsigned beside it, a name twice, or a signature in another spelling', async () => {
    const document = await signer.certify(certificate());
    expect(await found({ ...document, note: 'All backups are gone, too.' })).toEqual([['altered', '/note']]);
    const { findings } = await verifyCertificate({
      document,
      repeated: ['/certificate/headline'],
      keys: await keysOf(),
    });
    expect(findings).toMatchObject([{ problem: 'altered', field: '/certificate/headline' }]);
    const { signature } = document.signed;
    for (const spelled of [
      `${signature}==`,
      `${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(85) + 1)}`,
    ])
      expect(await found({ ...document, signed: { ...document.signed, signature: spelled } })).toEqual([
        ['malformed', '/signed'],
      ]);
  });

  test('with a member removed or added is not valid, and the member is named', async () => {
    const { certificate: original, signed } = await signer.certify(certificate());
    const { accepted: _, ...less } = original;
    expect(await found({ certificate: less, signed })).toEqual([['altered', '/accepted']]);
    expect(await found({ certificate: { ...original, note: 'fine' }, signed })).toEqual([['altered', '/note']]);
    const fewer = { ...original, resources: original.resources.slice(1) };
    expect((await found({ certificate: fewer, signed })).map(([, field]) => field)).toContain('/resources/1');
  });

  test('of another form than it should have is not valid, even if it is signed', async () => {
    const odd = { ...certificate(), version: 2 } as unknown as RemovalCertificate;
    expect(await found(await signer.certify(odd))).toEqual([['malformed', '/version']]);
  });

  test('that was signed as something else is not valid', async () => {
    const head = await signer.sign({ tenantId: 'abcdefghijklmnop', sequence: 1, hash: 'a'.repeat(64), at: minute(0) });
    expect(await found({ certificate: {}, signed: head })).toContainEqual(['signature', '']);
  });

  test.each([undefined, null, 'text', {}, { certificate: {} }, { signed: { payload: 'x' } }])(
    'is not what %j is',
    async (document) => {
      expect(await found(document)).toEqual([['malformed', '/signed']]);
    },
  );

  test('that its signer should not have signed is not valid either', async () => {
    const lie = certificate({ headline: 'Tenant abcdefghijklmnop is removed.' });
    expect(await found(await signer.certify(lie))).toEqual([['unnamed', '/headline']]);
  });
});

describe('the tenant’s trail', () => {
  const told = [
    { operationId: OPERATION, actor: 'token:signup', action: 'deprovision.requested' },
    { operationId: OPERATION, action: 'operation.removing' },
    {
      operationId: OPERATION,
      actor: 'token:operator',
      action: 'resolution.accept',
      detail: { leftovers: [{ kind: 'bucket', id: 't-abcdefghijklmnop' }] },
    },
    { operationId: OPERATION, action: 'operation.completed' },
  ];

  /** A certificate with the trail that belongs to it; `change` is what the certificate says instead. */
  async function issued(change: Partial<RemovalCertificate> = {}) {
    const { sequence, hash } = chainOf(told).at(-1)!;
    const document = await signer.certify(certificate({ audit: { sequence, hash }, ...change }));
    const { certificateId } = document.certificate;
    const sha256 = createHash('sha256').update(document.signed.payload, 'base64url').digest('hex');
    const entry = { operationId: OPERATION, action: CERTIFIED, detail: { certificateId, sha256 } };
    return { document, trail: linesOf(chainOf([...told, entry])) };
  }

  test('that names the certificate and says the same has no findings', async () => {
    const { document, trail } = await issued();
    expect(await check(document, trail)).toMatchObject({ verdict: 'valid', notes: [] });
  });

  test.each<[string, Partial<RemovalCertificate>, string]>([
    ['an entry that the trail does not have', { audit: { sequence: 99, hash: 'a'.repeat(64) } }, '/audit/sequence'],
    ['another hash', { audit: { sequence: 4, hash: 'a'.repeat(64) } }, '/audit/hash'],
    ['another tenant', { tenantId: 'bbcdefghijklmnop' }, '/tenantId'],
    ['another operation', { operationId: 'op_bbbbbbbbbbbbbbbbbbbb' }, '/operationId'],
    ['another requester', { requested: { by: 'token:mallory', at: minute(0), reason: null } }, '/requested/by'],
    ['no leftovers, although one was accepted', { accepted: [] }, '/accepted'],
  ])('is contradicted by a certificate with %s', async (_, change, field) => {
    const { document, trail } = await issued(change);
    expect(await found(document, trail)).toContainEqual(['trail', field]);
  });

  test('that names another certificate is a finding', async () => {
    const { document } = await issued();
    const { trail } = await issued({ certificateId: `rc_${'0'.repeat(32)}` });
    expect(await found(document, trail)).toEqual([['trail', '/certificateId']]);
  });

  test('that was tampered with is a finding', async () => {
    const { document, trail } = await issued();
    const edited = Buffer.from(trail.toString().replace('operation.removing', 'operation.running'));
    expect(await found(document, edited)).toContainEqual(['trail', '']);
  });
});

describe('the command', () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'verify-certificate-'));
    program = await builtProduct();
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: unknown): string {
    const at = path.join(folder, name);
    writeFileSync(at, typeof content === 'string' ? content : JSON.stringify(content));
    return at;
  }

  function run(args: string[], input?: string) {
    return spawnSync(process.execPath, [path.join(program, 'cli/main.js'), 'verify-certificate', ...args], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
  }

  test('ends with 0 for a valid certificate, and says what stays, with a JWK Set, a JWK or PEM', async () => {
    const document = file('certificate.json', await signer.certify(certificate()));
    const jwk = await signer.publicJwk();
    const pem = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: jwk.x! }, format: 'jwk' });
    const keys = [{ keys: [jwk] }, jwk, pem.export({ type: 'spki', format: 'pem' })];
    for (const [index, key] of keys.entries()) {
      const { status, stdout, stderr } = run([document, '--key', file(`key-${index}`, key)]);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(
        /^VALID: rc_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60\nTenant abcdefghijklmnop is removed except for/,
      );
      expect(stdout).toContain('accepted: bucket t-abcdefghijklmnop, by token:operator');
      expect(stdout).toContain('stays: audit trail');
    }
  });

  test('ends with 1 for one that is not, from standard input, as JSON', async () => {
    const document = await testSigner().certify(certificate());
    const { status, stdout } = run(
      ['-', '--json', '--key', file('key.json', await keysOf())],
      JSON.stringify(document),
    );
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'not valid', findings: [{ problem: 'signature' }] });
  });

  test('ends with 2 for what it cannot check, and says why', async () => {
    const document = file('certificate.json', await signer.certify(certificate()));
    const keys = file('key.json', await keysOf());
    expect(run([document])).toMatchObject({ status: 2, stderr: expect.stringContaining('--key') as string });
    expect(run([document, '--key', file('no-key', 'nothing')])).toMatchObject({ status: 2 });
    expect(run([path.join(folder, 'none'), '--key', keys])).toMatchObject({ status: 2 });
    expect(run([file('text', 'no JSON'), '--key', keys])).toMatchObject({ status: 2 });
  });

  test('explains itself', () => {
    const { status, stdout } = run(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('Exit status: 0 the certificate is valid');
  });
});
