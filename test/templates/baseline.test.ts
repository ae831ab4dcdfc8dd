import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Check } from '../../providers/port/check';
import { checksWithoutRule, evaluate, evidenceOf, blocksActivation } from '../../activities/verification/baseline';
import {
  checksOf,
  KNOWN_CHECKS,
  VERIFY_ACTIVITIES,
  type VerifyActivity,
} from '../../activities/verification/check-catalogue';
import { loadBaseline, type Baseline } from '../../templates/baseline';
import { loadTemplates } from '../../templates/load';
import type { ProvisioningTemplate } from '../../templates/template';
import { TEMPLATES, withEdited } from './copy';

const baseline = loadBaseline(TEMPLATES, KNOWN_CHECKS);
// No plan that ships has monitoring.
const monitored = withEdited(
  'enterprise',
  (yaml) => `${yaml}\nmonitoring: { retentionDays: 30, alerts: [] }\n`,
  (directory) => loadTemplates(directory).get('enterprise'),
);
const templates = [...loadTemplates(TEMPLATES).list(), { ...monitored, templateId: 'enterprise with monitoring' }];

/** Answers of a tenant without faults, as far as the rules can tell. */
function goodAnswers(template: ProvisioningTemplate, activity: VerifyActivity): Check[] {
  const answers: Record<string, string> = {
    'database.write-read': 'read',
    'database.attributes': 'none',
    'identity.password': 'Account is not fully set up',
  };
  return checksOf(template, activity).map((check) => {
    const id = check.replace('*', 'template1');
    const refused = /^storage\.(?:tenant|probe|anonymous)/.test(id);
    return { id, claim: 'It holds', passed: true, answered: answers[id] ?? (refused ? 'AccessDenied (403)' : 'yes') };
  });
}

const broken = (
  rules: Baseline,
  template: ProvisioningTemplate,
  activity: VerifyActivity,
  answers: Check[],
): string[] =>
  evaluate(rules, { template, activity, answers })
    .filter((result) => result.broken.length > 0)
    .map(({ rule }) => rule.id);

describe.each(templates)('the baseline of $templateId', (template) => {
  test('is fulfilled by a tenant without faults', () => {
    for (const activity of VERIFY_ACTIVITIES)
      expect(broken(baseline, template, activity, goodAnswers(template, activity))).toEqual([]);
  });

  test('has a rule for every check', () => {
    expect(checksWithoutRule(baseline, template)).toEqual([]);
  });

  test.each(VERIFY_ACTIVITIES)('is broken when any single probe of %s is missing or fails', (activity) => {
    const answers = goodAnswers(template, activity);
    expect(answers.length).toBeGreaterThan(5);
    for (const answer of answers) {
      const others = answers.filter((other) => other !== answer);
      expect([answer.id, broken(baseline, template, activity, others)]).toEqual([answer.id, [expect.any(String)]]);
      const refuted = [...others, { ...answer, passed: false, answered: 'something else' }];
      expect([answer.id, broken(baseline, template, activity, refuted)]).toEqual([answer.id, [expect.any(String)]]);
    }
  });
});

test('removing any single rule leaves some check without a rule', () => {
  for (const rule of baseline) {
    const others = baseline.filter((other) => other !== rule);
    expect([rule.id, templates.flatMap((template) => checksWithoutRule(others, template)).length]).not.toEqual([
      rule.id,
      0,
    ]);
  }
});

describe('a rule', () => {
  const [template] = templates as [ProvisioningTemplate];
  const rule = baseline.find(({ id }) => id === 'storage-not-public')!;
  const open: Check = { id: 'storage.anonymous.read', claim: 'It is closed', passed: false, answered: 'allowed' };

  test('decides by its severity whether a broken check keeps a tenant from becoming active', () => {
    expect(blocksActivation([rule], template, open)).toBe(true);
    expect(blocksActivation([{ ...rule, severity: 'warn' }], template, open)).toBe(false);
  });

  test('is not needed for a check to count: a check without a rule must pass', () => {
    expect(blocksActivation([], template, open)).toBe(true);
  });

  test('is broken by an unexpected answer, even if the check itself passed', () => {
    const odd = { ...open, passed: true, answered: 'NoSuchBucket (404)' };
    const [result] = evaluate([{ ...rule, probe: open.id }], { template, activity: 'verifyRegion', answers: [odd] });
    expect(result!.broken).toEqual(['storage.anonymous.read answered: NoSuchBucket (404)']);
  });

  test('is kept as evidence with its id, version, severity and references', () => {
    const asker = { tenantId: 'aaaaaaaaaaaaaaaa', operationId: null, askedBy: 'test', region: 'eu-central' };
    const kept = evidenceOf({ rule: { ...rule, version: 3 }, broken: ['x answered: y'], answers: 2 }, asker);
    expect(kept).toMatchObject({
      check: 'baseline.storage-not-public@3',
      passed: false,
      answered: 'fail: x answered: y',
    });
    expect(kept.claim).toBe(rule.title);
    const { answered } = evidenceOf({ rule, broken: [], answers: 1 }, asker);
    expect(answered).toBe('holds, based on 1 answer');
  });

  test('for some plans or isolations does not apply to other tenants', () => {
    const [starter, professional] = templates as [ProvisioningTemplate, ProvisioningTemplate];
    const of = (appliesTo: (typeof rule)['appliesTo']): Baseline => [{ ...rule, severity: 'warn', appliesTo }];
    expect(blocksActivation(of({ plans: ['starter'] }), starter, open)).toBe(false);
    expect(blocksActivation(of({ plans: ['starter'] }), professional, open)).toBe(true);
    expect(blocksActivation(of({ isolation: ['schema'] }), professional, open)).toBe(false);
  });
});

describe('a file of rules', () => {
  /** Loads a folder whose rules were edited. */
  function load(edit: (rules: Record<string, unknown>[]) => unknown): () => Baseline {
    const rule = { ...baseline.find(({ id }) => id === 'storage-not-public') };
    const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
    mkdirSync(join(folder, 'baseline'));
    writeFileSync(join(folder, 'baseline', 'rules.yaml'), stringify({ rules: edit([rule]) }));
    return () => {
      try {
        return loadBaseline(folder, KNOWN_CHECKS);
      } finally {
        rmSync(folder, { recursive: true });
      }
    };
  }

  test('is read from the templates’ folder, or else comes with the program', () => {
    expect(load((rules) => rules)()).toHaveLength(1);
    const folder = mkdtempSync(join(tmpdir(), 'templates-'));
    cpSync(join(TEMPLATES, 'starter.yaml'), join(folder, 'starter.yaml'));
    expect(loadBaseline(folder, KNOWN_CHECKS)).toEqual(baseline);
    rmSync(folder, { recursive: true });
  });

  test('that names an unknown check stops the process, because it would always pass', () => {
    expect(load(([rule]) => [{ ...rule, probe: 'storage.anonymus.*' }])).toThrow(
      /names the check storage\.anonymus\.\*, which does not exist/,
    );
  });

  test.each([
    ['an unknown key', { severty: 'warn' }, /Unrecognized key/],
    ['an unknown severity', { severity: 'info' }, /severity/],
    ['an answer that is not a regular expression', { expectation: { answers: '(' } }, /must be a regular expression/],
    ['no rationale', { rationale: '' }, /rationale/],
  ])('with %s stops the process, saying where', (_what, change, message) => {
    expect(load(([rule]) => [{ ...rule, ...change }])).toThrow(message);
  });

  test('with a duplicate id stops the process', () => {
    expect(load(([rule]) => [rule, rule])).toThrow(/two rules with the id storage-not-public/);
  });

  test('without any rule stops the process', () => {
    expect(load(() => [])).toThrow(/has invalid rules/);
  });
});
