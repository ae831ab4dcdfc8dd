import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { builtProduct } from '../../stack/product/build';
import { verifyTrail } from '../../cli/verify-audit/verify';
import { auditHash, type AuditRecord } from '../../contract/audit/chain';
import { chainPart, FINDING_ACCEPTED } from '../../contract/audit/acceptance';
import { readHead, type SignedHead } from '../../contract/audit/head';
import { chainOf, linesOf, testSigner } from '../helpers/audit/audit-chain';

const signer = testSigner();
const CHAIN = chainOf([
  { action: 'order.accepted', actor: 'token:signup', detail: { plan: 'starter', approvalsRequired: [] } },
  { operationId: 'op_aaaaaaaaaaaaaaaaaaaa', action: 'operation.validating', detail: { from: 'pending' } },
  { operationId: 'op_aaaaaaaaaaaaaaaaaaaa', action: 'operation.provisioning', detail: { from: 'validating' } },
  { operationId: 'op_aaaaaaaaaaaaaaaaaaaa', action: 'operation.active', detail: { from: 'provisioning', é: 'ü "\\' } },
  { actor: 'claim-link', action: 'credentials.claimed', detail: { apiKeys: 2 } },
]);

function headOf(chain: AuditRecord[], at = chain.length): Promise<SignedHead> {
  const { tenantId, sequence, hash, at: when } = chain[at - 1]!;
  return signer.sign({ tenantId, sequence, hash, at: when });
}

const keysOf = async () => ({ keys: [await signer.publicJwk()] });

async function check(records: readonly object[], heads: SignedHead[] = [], excerpt = false) {
  return verifyTrail({ trail: linesOf(records), heads, keys: await keysOf(), excerpt });
}

async function problemsOf(records: readonly object[], heads: SignedHead[] = []): Promise<[string, number][]> {
  return (await check(records, heads)).findings.map(({ problem, sequence }) => [problem, sequence]);
}

describe('a trail', () => {
  test('that is as it was exported holds, with a head from elsewhere and without', async () => {
    expect(await check(CHAIN)).toMatchObject({ verdict: 'holds', entries: 5, findings: [] });
    const result = await check([...CHAIN, await headOf(CHAIN)], [await headOf(CHAIN, 3)]);
    expect(result).toMatchObject({ verdict: 'holds', findings: [], notes: [] });
    expect(result.heads.map(({ sequence, from, signature }) => [sequence, from, signature])).toEqual([
      [3, 'head file', 'valid'],
      [5, 'trail', 'valid'],
    ]);
  });

  test('with an edited entry does not hold, and the entry is named', async () => {
    const edited = CHAIN.map((record) => (record.sequence === 3 ? { ...record, actor: 'token:mallory' } : record));
    expect(await problemsOf(edited)).toEqual([['edited', 3]]);
  });

  test('with an entry edited and its hash made to fit does not hold: the next one does not follow', async () => {
    const forged = chainOf([{ ...CHAIN[0], actor: 'token:mallory' }])[0]!;
    expect(await problemsOf([forged, ...CHAIN.slice(1)])).toEqual([['rebuilt', 2]]);
  });

  test.each([1, 2, 4])('without entry %i does not hold, and the entry is named', async (sequence) => {
    expect(await problemsOf(CHAIN.filter((record) => record.sequence !== sequence))).toContainEqual([
      'removed',
      sequence,
    ]);
  });

  test('with two entries the other way round does not hold', async () => {
    const [first, second, third, ...rest] = CHAIN;
    expect(await problemsOf([first!, third!, second!, ...rest])).toEqual([['reordered', 2]]);
  });

  test('with an entry twice does not hold', async () => {
    expect(await problemsOf([...CHAIN, CHAIN[4]!])).toEqual([['repeated', 5]]);
  });

  test('whose end was cut off does not hold with a head, and without one the check says what it cannot know', async () => {
    const cut = CHAIN.slice(0, 3);
    expect(await problemsOf(cut, [await headOf(CHAIN)])).toEqual([['truncated', 5]]);
    const { verdict, notes } = await check(cut);
    expect([verdict, notes.join()]).toEqual(['holds', expect.stringMatching(/cut off its end/)]);
  });

  test('that was made anew as a whole holds by itself and not with a head', async () => {
    const anew = chainOf(CHAIN.map((record, index) => (index === 0 ? { ...record, actor: 'token:mallory' } : record)));
    expect(await problemsOf(anew)).toEqual([]);
    expect(await problemsOf(anew, [await headOf(CHAIN)])).toEqual([['rebuilt', 5]]);
  });

  test('of another tenant than the head does not hold', async () => {
    const other = chainOf([{ tenantId: 'ponmlkjihgfedcba' }]);
    expect(await problemsOf(other, [await headOf(CHAIN, 1)])).toEqual([['foreign', 1]]);
    expect(await problemsOf([...CHAIN, ...other.map((record) => ({ ...record, sequence: 6 }))])).toContainEqual([
      'foreign',
      6,
    ]);
  });

  test('with a head that somebody else has signed, or signed as something else, does not hold', async () => {
    const { tenantId, sequence, hash, at } = CHAIN[4]!;
    const forged = await testSigner().sign({ tenantId, sequence, hash, at });
    expect(await problemsOf(CHAIN, [forged])).toEqual([['signature', 5]]);
    const head = await headOf(CHAIN);
    const header = JSON.parse(Buffer.from(head.protected, 'base64url').toString()) as object;
    const untyped = {
      ...head,
      protected: Buffer.from(JSON.stringify({ ...header, typ: 'JWT' })).toString('base64url'),
    };
    expect(await problemsOf(CHAIN, [untyped])).toEqual([['signature', 5]]);
  });

  test('is held against keys of which one is there twice, beside an older one', async () => {
    const key = await signer.publicJwk();
    const keys = { keys: [key, await testSigner().publicJwk(), { ...key }] };
    const result = await verifyTrail({ trail: linesOf(CHAIN), heads: [await headOf(CHAIN)], keys });
    expect(result).toMatchObject({ verdict: 'holds', heads: [{ signature: 'valid' }] });
  });

  test('of one operation holds as an excerpt, and an edited entry in it is still found', async () => {
    const excerpt = CHAIN.slice(1, 4);
    expect((await check(excerpt, [await headOf(CHAIN)], true)).findings).toEqual([]);
    expect((await check(excerpt)).findings).toMatchObject([{ problem: 'removed', sequence: 1 }]);
    const edited = excerpt.map((record) => ({ ...record, action: 'operation.failed' }));
    expect((await check(edited, [], true)).findings).toMatchObject([
      { problem: 'edited' },
      { problem: 'edited' },
      { problem: 'edited' },
    ]);
  });

  describe('that says that an operator has accepted it as it was', () => {
    const broken = CHAIN.map((record) => (record.sequence === 2 ? { ...record, actor: 'token:mallory' } : record));

    /** Goes on from what is given, as the registry does. */
    async function accepted(records: AuditRecord[], superseded: SignedHead): Promise<AuditRecord[]> {
      const { sequence, hash: previousHash, tenantId } = records.at(-1)!;
      const said = readHead(superseded);
      const entry = {
        tenantId,
        sequence: sequence + 1,
        at: '2026-02-01T00:00:00.000Z',
        actor: 'token:operator',
        action: FINDING_ACCEPTED,
        detail: {
          ...{
            findingId: 'af_1',
            problem: 'It was found.',
            reason: 'Restored.\u0007',
            accepted: chainPart(records, sequence),
          },
          superseded: { key: `audit/${tenantId}/${said.sequence}.json`, sequence: said.sequence, hash: said.hash },
        },
      };
      return [...records, { ...entry, previousHash, hash: auditHash(previousHash, entry) }];
    }

    test('holds when nothing else is wrong, with a note who has accepted what and why', async () => {
      const head = await headOf(CHAIN);
      const records = await accepted(CHAIN.slice(0, 2), head);
      const { verdict, notes } = await check(records, [await headOf(records)]);
      expect(verdict).toBe('holds');
      expect(notes).toEqual([
        expect.stringMatching(
          /^Entry 3 says that token:operator accepted .+ at 2026-02-01.+“Restored.+entries up to 2.+entry 5/,
        ),
      ]);
    });

    test('does not hold with the head that it supersedes: that is a note and no pass', async () => {
      const head = await headOf(CHAIN);
      const records = await accepted(CHAIN.slice(0, 2), head);
      const { verdict, findings, notes } = await check(records, [head]);
      expect([verdict, findings.map(({ problem }) => problem)]).toEqual(['does not hold', ['truncated']]);
      expect(notes.join()).toContain('which was given here');
    });

    test('does not hold by itself where what was accepted is an edited entry', async () => {
      const records = await accepted(broken, await headOf(CHAIN));
      expect(await problemsOf(records)).toEqual([['edited', 2]]);
      expect((await check(records)).notes.join()).toContain('Entry 6 says that');
    });

    test('does not hold where it is not what was accepted any more', async () => {
      const records = await accepted(broken, await headOf(CHAIN));
      const again = records.map((record) => (record.sequence === 2 ? { ...record, actor: 'token:eve' } : record));
      expect(await problemsOf(again)).toEqual([
        ['edited', 2],
        ['rebuilt', 6],
      ]);
    });

    test('or says so in a way that means nothing, is checked like any other', async () => {
      for (const detail of [
        {},
        { reason: 1 },
        { reason: 'x', accepted: null },
        { reason: 'x', accepted: { until: 'x' } },
      ])
        expect(await check(chainOf([{ action: FINDING_ACCEPTED, detail }]))).toMatchObject({ verdict: 'holds' });
    });
  });

  test('never ends the check with an error, whatever bytes it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (trail) => {
        const { verdict } = await verifyTrail({ trail, heads: [] });
        expect(verdict).toBe(trail.length === 0 ? 'nothing to check' : 'does not hold');
      }),
    );
    const deep = Buffer.from(`${'['.repeat(200_000)}\n`);
    expect((await verifyTrail({ trail: deep, heads: [] })).verdict).toBe('does not hold');
  });
});

/** Chains whose entries say anything that JSON can. */
/** Half a surrogate pair cannot be written as UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

const chains = fc
  .array(fc.record({ actor: fc.string({ unit: 'grapheme' }), detail: fc.dictionary(fc.string(), fc.jsonValue()) }), {
    minLength: 2,
    maxLength: 5,
  })
  .map((told) =>
    chainOf(
      told.map(({ actor, detail }) => ({
        actor: wellFormed(actor),
        detail: JSON.parse(wellFormed(JSON.stringify(detail))) as Record<string, unknown>,
      })),
    ),
  );

describe('in a trail of anything, found is', () => {
  test('any byte that is another', async () => {
    await fc.assert(
      fc.asyncProperty(chains, fc.nat(), fc.integer({ min: 1, max: 255 }), async (chain, at, by) => {
        const trail = linesOf(chain);
        expect((await verifyTrail({ trail, heads: [] })).findings).toEqual([]);
        const place = at % trail.length;
        trail[place] = trail[place]! ^ by;
        expect((await verifyTrail({ trail, heads: [] })).verdict).toBe('does not hold');
      }),
      { numRuns: 500 },
    );
  });

  test('any member that says something else', async () => {
    const members = [
      'tenantId',
      'sequence',
      'at',
      'actor',
      'action',
      'detail',
      'operationId',
      'previousHash',
      'hash',
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        chains,
        fc.nat(),
        fc.constantFrom(...members),
        fc.jsonValue(),
        async (chain, at, member, value) => {
          const index = at % chain.length;
          const record = chain[index]!;
          fc.pre(JSON.stringify(record[member]) !== JSON.stringify(value));
          const changed = JSON.parse(wellFormed(JSON.stringify({ ...record, [member]: value }))) as object;
          const trail = linesOf(chain.map((each, n) => (n === index ? changed : each)));
          expect((await verifyTrail({ trail, heads: [] })).verdict).toBe('does not hold');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('any other order', async () => {
    await fc.assert(
      fc.asyncProperty(
        chains.chain((chain) =>
          fc.shuffledSubarray(chain, { minLength: chain.length }).map((order) => ({ chain, order })),
        ),
        async ({ chain, order }) => {
          fc.pre(order.some((record, index) => record !== chain[index]));
          expect((await verifyTrail({ trail: linesOf(order), heads: [] })).verdict).toBe('does not hold');
        },
      ),
    );
  });

  test('any part that is missing, the end by a head', async () => {
    await fc.assert(
      fc.asyncProperty(
        chains.chain((chain) => fc.subarray(chain, { maxLength: chain.length - 1 }).map((part) => ({ chain, part }))),
        async ({ chain, part }) => {
          const { verdict } = await verifyTrail({
            trail: linesOf(part),
            heads: [await headOf(chain)],
            keys: await keysOf(),
          });
          expect(verdict).toBe('does not hold');
        },
      ),
    );
  });
});

describe('the command', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'verify-audit-'));
  let program: string;
  beforeAll(async () => void (program = await builtProduct()));
  afterAll(() => rmSync(dir, { recursive: true }));

  function file(name: string, content: string | Buffer): string {
    writeFileSync(path.join(dir, name), content);
    return path.join(dir, name);
  }

  function run(args: string[], input?: Buffer): { status: number | null; stdout: string; stderr: string } {
    // Nothing of the product's configuration is there.
    return spawnSync(process.execPath, [path.join(program, 'cli/main.js'), 'verify-audit', ...args], {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
  }

  test('ends with 0 for a trail that holds, and says what it was held against', async () => {
    const head = file('head.json', JSON.stringify(await headOf(CHAIN)));
    const keys = file('keys.json', JSON.stringify(await keysOf()));
    const { status, stdout, stderr } = run([file('trail.jsonl', linesOf(CHAIN)), '--head', head, '--keys', keys]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`HOLDS: 5 entries of abcdefghijklmnop\nlast: entry 5, ${CHAIN[4]!.hash}\n`);
    expect(stdout).toContain('head: entry 5 (head file), signature valid');
  });

  test('ends with 1 for one that does not, from standard input, as JSON', () => {
    const { status, stdout } = run(['-', '--json'], linesOf([CHAIN[0]!, CHAIN[2]!]));
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'does not hold',
      findings: [{ problem: 'removed', sequence: 2 }],
    });
  });

  test('ends with 2 for what it cannot check, and says why', () => {
    expect(run([path.join(dir, 'nothing')])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/cannot be read/) as string,
    });
    expect(run(['-'], Buffer.alloc(0))).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/^NOTHING TO CHECK/) as string,
    });
    expect(run(['-', '--head', file('not.json', '{}')], linesOf(CHAIN)).status).toBe(2);
    expect(run([]).status).toBe(2);
  });

  test('explains itself', () => {
    const { status, stdout } = run(['--help']);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/--head <file>[^]*Exit status: 0 nothing is wrong/)]);
  });
});
