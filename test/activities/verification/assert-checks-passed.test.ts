import type { Check } from '../../../providers/port/check';
import { checksOf } from '../../../activities/verification/check-catalogue';
import type { PlacedOperation } from '../../../activities/operations/load-operation';
import { rememberingProbes } from '../../../activities/verification/probes';
import { assertChecksPassed } from '../../../activities/verification/assert-checks-passed';
import { listEvidence } from '../../../registry/evidence/evidence';
import type { Baseline, BaselineRule } from '../../../templates/baseline';
import { loadTemplates } from '../../../templates/load';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the checks of a finished tenant: not run, this machine has no PostgreSQL');

suite('the checks of a finished tenant', () => {
  const activity = 'verifyGlobal';
  const template = loadTemplates('templates').get('starter');
  const PASSWORD = 'identity.password';
  const OTHER = 'identity.enabled';
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const rule = (id: string, changes: Partial<BaselineRule> = {}): BaselineRule => ({
    id,
    version: 3,
    title: `Rule ${id}`,
    rationale: 'Because.',
    probe: PASSWORD,
    severity: 'fail',
    expectation: 'holds',
    ...changes,
  });
  const WORDS: Partial<BaselineRule> = { expectation: { answers: 'refused' } };

  /** Answers to step 9 in which every check passes, except for these changes. */
  const answers = (changes: Record<string, Partial<Check>> = {}): Check[] =>
    [...new Set([...checksOf(template, activity), PASSWORD, OTHER])].map((id) => ({
      id,
      claim: `${id} holds`,
      passed: true,
      answered: 'accepted',
      ...changes[id],
    }));

  /** Resolves with the refusal, or undefined when the tenant passes, and with the evidence about rules. */
  async function judge(baseline: Baseline, found: (Check[] | Error)[]) {
    const { tenantId, operationId } = await acceptTenant(registry);
    const probes = await rememberingProbes(registry.pool, { tenantId, operationId, askedBy: 'run/9' });
    const probe = probes.of('keycloak', 'global');
    const asked = found.map((each, index) =>
      probe(`probe-${index}`, () => (each instanceof Error ? Promise.reject(each) : Promise.resolve(each))),
    );
    const operation = { tenantId, operationId, template } as PlacedOperation;
    const refused = await assertChecksPassed(
      { pool: registry.pool, baseline, activity: () => 'run/9' },
      { activity, operation, region: 'global', probes },
      asked,
    ).then(
      () => undefined,
      (error: unknown) => error as { type?: string; message: string },
    );
    const evidence = await listEvidence(registry.pool, tenantId);
    const rules = evidence.filter(({ probe }) => probe === 'baseline');
    return { refused, tenantId, operationId, rules, asked: evidence.length - rules.length };
  }

  test('pass when all checks hold, with evidence for every rule', async () => {
    const { refused, rules, tenantId, operationId } = await judge([rule('one'), rule('two')], [answers()]);
    expect(refused).toBeUndefined();
    expect(rules).toMatchObject(
      ['one', 'two'].map((id) => ({
        tenantId,
        operationId,
        askedBy: 'run/9',
        region: 'global',
        passed: true,
        check: `baseline.${id}@3`,
      })),
    );
  });

  test('fail on a single broken rule, and the message names the rule and the answer', async () => {
    const { refused, tenantId, rules } = await judge([rule('held'), rule('broken', WORDS)], [answers()]);
    expect(refused).toMatchObject({
      type: 'VerificationFailed',
      message: `Tenant ${tenantId} did not pass the rule broken (Rule broken; ${PASSWORD} answered: accepted).`,
    });
    expect(rules.map(({ passed }) => passed)).toEqual([true, false]);
  });

  test('fail with the names of everything broken: several answers to one rule, and several rules', async () => {
    const both = rule('both', { ...WORDS, probe: 'identity.*' });
    const few = answers().filter(({ id }) => [PASSWORD, OTHER].includes(id));
    const { refused } = await judge([both, rule('one', WORDS)], [few]);
    expect(refused?.message).toContain(`${PASSWORD} answered: accepted; `);
    expect(refused?.message).toMatch(/the rule both \(.*\); the rule one \(.*\)\.$/);
  });

  test('pass when only a warning is broken, and the evidence records it', async () => {
    const { refused, rules } = await judge([rule('warned', { ...WORDS, severity: 'warn' })], [answers()]);
    expect(refused).toBeUndefined();
    expect(rules).toMatchObject([{ passed: false, answered: `warn: ${PASSWORD} answered: accepted` }]);
  });

  test('fail on a failed check that no rule names, with its claim and its answer', async () => {
    const wrong = answers({ [OTHER]: { passed: false, answered: '403' } });
    const { refused, tenantId } = await judge([rule('one')], [wrong]);
    expect(refused).toMatchObject({
      type: 'VerificationFailed',
      message: `Tenant ${tenantId} did not pass ${OTHER} (${OTHER} holds; answered: 403).`,
    });
  });

  test('pass when a failed check concerns only warnings', async () => {
    const wrong = answers({ [PASSWORD]: { passed: false, answered: '403' } });
    expect((await judge([rule('warned', { severity: 'warn' })], [wrong])).refused).toBeUndefined();
  });

  test('are undecided while an answer is missing: the given answers are kept, and no rule is evaluated', async () => {
    const [first, second] = [new Error('no answer'), new Error('none either')];
    const { refused, rules, asked } = await judge([rule('broken', WORDS)], [answers(), first, second]);
    expect(refused).toBe(first);
    expect(rules).toEqual([]);
    expect(asked).toBe(answers().length);
  });

  test('fail at once on a wrong answer, even while another answer is missing', async () => {
    const wrong = answers({ [OTHER]: { passed: false, answered: '403' } });
    const { refused } = await judge([rule('one')], [wrong, new Error('no answer')]);
    expect(refused).toMatchObject({ type: 'VerificationFailed', message: expect.stringContaining(OTHER) });
  });

  test('combine the answers of all probes', async () => {
    const all = answers();
    const { refused } = await judge([rule('one')], [all.slice(0, 1), all.slice(1)]);
    expect(refused).toBeUndefined();
  });
});
