import type { Check } from '../../activities/check';
import { checksOf } from '../../activities/check-catalogue';
import type { PlacedOperation } from '../../activities/operation';
import { rememberingProbes } from '../../activities/probes';
import { requireAll } from '../../activities/verdict';
import { listEvidence } from '../../registry/evidence';
import type { Baseline, BaselineRule } from '../../templates/baseline';
import { loadTemplates } from '../../templates/load';
import { acceptTenant } from '../helpers/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the verdict on a finished tenant: not run, this machine has no PostgreSQL');

suite('the verdict on a finished tenant', () => {
  const activity = 'verifyGlobal';
  const template = loadTemplates('templates').get('starter');
  const PASSWORD = 'identity.password';
  const OTHER = 'identity.enabled';
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const rule = (id: string, changes: Partial<BaselineRule> = {}): BaselineRule => ({
    ...{ id, version: 3, title: `Rule ${id}`, rationale: 'Because.', probe: PASSWORD },
    ...{ severity: 'fail', expectation: 'holds' },
    ...changes,
  });
  const WORDS: Partial<BaselineRule> = { expectation: { answers: 'refused' } };

  /** What this step 9 is answered: all that is asked holds, except as said. */
  const answers = (changes: Record<string, Partial<Check>> = {}): Check[] =>
    [...new Set([...checksOf(template, activity), PASSWORD, OTHER])].map((id) => ({
      ...{ id, claim: `${id} holds`, passed: true, answered: 'accepted' },
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
    const refused = await requireAll(
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

  test('is good where everything holds, and says of each rule that it was held against', async () => {
    const { refused, rules, tenantId, operationId } = await judge([rule('one'), rule('two')], [answers()]);
    expect(refused).toBeUndefined();
    expect(rules).toMatchObject(
      ['one', 'two'].map((id) => ({
        ...{ tenantId, operationId, askedBy: 'run/9', region: 'global', passed: true },
        check: `baseline.${id}@3`,
      })),
    );
  });

  test('is bad with a single broken rule, and names the rule and the answer', async () => {
    const { refused, tenantId, rules } = await judge([rule('held'), rule('broken', WORDS)], [answers()]);
    expect(refused).toMatchObject({
      type: 'VerificationFailed',
      message: `Tenant ${tenantId} did not pass the rule broken (Rule broken; ${PASSWORD} answered: accepted).`,
    });
    expect(rules.map(({ passed }) => passed)).toEqual([true, false]);
  });

  test('names all that is broken: a rule by several answers, and several rules', async () => {
    const both = rule('both', { ...WORDS, probe: 'identity.*' });
    const few = answers().filter(({ id }) => [PASSWORD, OTHER].includes(id));
    const { refused } = await judge([both, rule('one', WORDS)], [few]);
    expect(refused?.message).toContain(`${PASSWORD} answered: accepted; `);
    expect(refused?.message).toMatch(/the rule both \(.*\); the rule one \(.*\)\.$/);
  });

  test('is good where only a warning is broken, and the evidence says that it is', async () => {
    const { refused, rules } = await judge([rule('warned', { ...WORDS, severity: 'warn' })], [answers()]);
    expect(refused).toBeUndefined();
    expect(rules).toMatchObject([{ passed: false, answered: `warn: ${PASSWORD} answered: accepted` }]);
  });

  test('is bad where a check does not hold that no rule names, with its claim and its answer', async () => {
    const wrong = answers({ [OTHER]: { passed: false, answered: '403' } });
    const { refused, tenantId } = await judge([rule('one')], [wrong]);
    expect(refused).toMatchObject({
      type: 'VerificationFailed',
      message: `Tenant ${tenantId} did not pass ${OTHER} (${OTHER} holds; answered: 403).`,
    });
  });

  test('is good where a check does not hold that rules only warn of', async () => {
    const wrong = answers({ [PASSWORD]: { passed: false, answered: '403' } });
    expect((await judge([rule('warned', { severity: 'warn' })], [wrong])).refused).toBeUndefined();
  });

  test('is open as long as an answer is missing: what was answered is kept, and no rule is held against it', async () => {
    const [first, second] = [new Error('no answer'), new Error('none either')];
    const { refused, rules, asked } = await judge([rule('broken', WORDS)], [answers(), first, second]);
    expect(refused).toBe(first);
    expect(rules).toEqual([]);
    expect(asked).toBe(answers().length);
  });

  test('is bad at once where something is wrong already, although an answer is missing', async () => {
    const wrong = answers({ [OTHER]: { passed: false, answered: '403' } });
    const { refused } = await judge([rule('one')], [wrong, new Error('no answer')]);
    expect(refused).toMatchObject({ type: 'VerificationFailed', message: expect.stringContaining(OTHER) });
  });

  test('rests on the answers of all probes together', async () => {
    const all = answers();
    const { refused } = await judge([rule('one')], [all.slice(0, 1), all.slice(1)]);
    expect(refused).toBeUndefined();
  });
});
