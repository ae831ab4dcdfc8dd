import { KNOWN_CHECKS } from '../../../../activities/verification/check-catalogue';
import { adviceOnCheck, areaOf, findingsOf, type Answer } from '../../../../console/pages/tenants/check-advice';

test('every check has advice of its own, and a check of a later version has general advice', () => {
  const general = adviceOnCheck('later.check');
  expect(general).toContain('put it right');
  expect(KNOWN_CHECKS.filter((check) => adviceOnCheck(check) === general)).toEqual([]);
});

test('a failed check of the tenant’s stores says when it is asked again', () => {
  expect(adviceOnCheck('storage.anonymous.read')).toContain('asked again when the tenant is suspended and resumed');
  expect(adviceOnCheck('residency.region')).not.toContain('asked again');
});

test('a check is listed under what it is about, also one of a later version', () => {
  expect(['storage.read', 'baseline.storage-not-public@1', 'later.check'].map(areaOf)).toEqual([
    'Object store',
    'Baseline rules',
    'Later',
  ]);
});

describe('what does not hold', () => {
  const answerOf = (check: string, answered: string, passed = false): Answer => ({
    ...{ check, answered, passed, hash: check, claim: check, tenantId: 'aaaaaaaaaaaaaaaa', operationId: null },
    ...{ askedBy: 'test', probe: 'test', provider: 'test', region: 'eu-central', at: '2026-11-30T00:00:00Z' },
    current: true,
  });
  const open = answerOf('transport.database', 'not encrypted');
  const listed = (answers: Answer[]): [string, string[]][] =>
    findingsOf(answers).map(({ answer, breaks }) => [answer.check, breaks.map(({ check }) => check)]);

  test('is told once for each cause: a broken rule is told with the check that breaks it', () => {
    const rule = answerOf('baseline.transport-database@1', 'warn: transport.database answered: not encrypted');
    expect(listed([rule, answerOf('storage.read', 'read', true), open])).toEqual([
      ['transport.database', ['baseline.transport-database@1']],
    ]);
  });

  test('names a rule by itself that is broken by a check that holds, or by one that was not asked', () => {
    const strict = answerOf('baseline.database-keeps-rows@1', 'fail: database.write-read answered: 0 rows');
    const unasked = answerOf(
      'baseline.transport-database@1',
      'warn: transport.database answered: not encrypted; transport.storage was not asked',
    );
    expect(listed([open, strict, unasked])).toEqual([
      ['transport.database', []],
      ['baseline.database-keeps-rows@1', []],
      ['baseline.transport-database@1', []],
    ]);
  });
});
