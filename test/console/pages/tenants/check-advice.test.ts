import { KNOWN_CHECKS } from '../../../../activities/verification/check-catalogue';
import { adviceOnCheck } from '../../../../console/pages/tenants/check-advice';

test('every check has advice of its own, and a check of a later version has general advice', () => {
  const general = adviceOnCheck('later.check');
  expect(general).toContain('put it right');
  expect(KNOWN_CHECKS.filter((check) => adviceOnCheck(check) === general)).toEqual([]);
});

test('a failed check of the tenant’s stores says when it is asked again', () => {
  expect(adviceOnCheck('storage.anonymous.read')).toContain('asked again when the tenant is suspended and resumed');
  expect(adviceOnCheck('residency.region')).not.toContain('asked again');
});
