import { checkCertificate } from '../../../contract/removal/check-certificate';
import {
  removalCertificateSchema,
  type RemovalCertificate,
} from '../../../contract/schemas/tenants/certificate-schema';
import { certificate, gone, minute, removed } from '../../helpers/audit/certificates';

function problemsOf(change: Partial<RemovalCertificate>): [string, string][] {
  return checkCertificate(removalCertificateSchema.parse(certificate(change))).map(({ problem, field }) => [
    problem,
    field,
  ]);
}

const [, ownKey] = certificate().resources;
const [bucket] = certificate().accepted;
const PLACE = { kind: 'bucket', provider: 'versity', region: 'eu-central', name: bucket!.name };
const [trail, , exported] = certificate().retained;
const [dataKey, kmsKey] = certificate().keys;

test('a certificate of a complete removal has no findings, with leftovers that were accepted and without', () => {
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ accepted: [], announced: null, residency: null })).toEqual([]);
});

test('the headline of a removal without leftovers names none', () => {
  expect(certificate({ accepted: [] }).headline).toBe('Tenant abcdefghijklmnop is removed.');
  expect(certificate().headline).toBe(
    'Tenant abcdefghijklmnop is removed except for bucket t-abcdefghijklmnop (versity, eu-central).',
  );
});

describe('what was not proven is found:', () => {
  test.each<[string, RemovalCertificate['resources'][number], string]>([
    [
      'a resource that its provider still shows',
      removed({ asked: [gone({ answer: 'present' })] }),
      '/resources/0/asked/0/answer',
    ],
    [
      'a name that has something of others',
      removed({ asked: [gone(), gone({ answer: 'foreign' })] }),
      '/resources/0/asked/1/answer',
    ],
    ['a resource without any answer', removed({ asked: [gone({ answer: 'unanswered' })] }), '/resources/0/asked'],
    ['a deletion that is only scheduled', removed({ asked: [gone({ answer: 'scheduled' })] }), '/resources/0/asked'],
  ])('%s', (_, resource, field) => {
    expect(problemsOf({ resources: [resource] })).toContainEqual(['not-removed', field]);
  });

  test('a listing that was too long does not matter when the thing itself is gone', () => {
    expect(
      problemsOf({
        resources: [removed({ asked: [gone(), gone({ how: 'listing', answer: 'unanswered' })] }), ownKey!],
      }),
    ).toEqual([]);
  });

  test('a key that nobody destroys', () => {
    expect(problemsOf({ keys: [{ ...dataKey!, destroyedAt: null }, kmsKey!] })).toEqual([
      ['not-removed', '/keys/0/destroyedAt'],
    ]);
    expect(problemsOf({ keys: [dataKey!, { ...kmsKey!, deletesAt: null }] })).toContainEqual([
      'not-removed',
      '/keys/1/destroyedAt',
    ]);
  });
});

describe('times that contradict each other are found:', () => {
  test.each<[string, Partial<RemovalCertificate>, string]>([
    ['a beginning before the request', { began: minute(-1) }, '/began'],
    ['an announcement before the request', { announced: { at: minute(-5), removalAt: null } }, '/announced/at'],
    ['a beginning before the announcement', { announced: { at: minute(45), removalAt: null } }, '/began'],
    ['an end before the beginning', { completed: minute(39) }, '/completed'],
    ['an end before the last answer', { completed: minute(50) }, '/completed'],
    ['an answer before the removal', { resources: [removed({ removedAt: minute(51) })] }, '/resources/0/asked/0/at'],
    [
      'an answer before the beginning',
      { resources: [removed({ removedAt: minute(1), asked: [gone({ at: minute(2) })] })] },
      '/resources/0/asked/0/at',
    ],
    ['an acceptance after the end', { accepted: [{ ...bucket!, at: minute(61) }] }, '/completed'],
    ['an acceptance before the request', { accepted: [{ ...bucket!, at: minute(-1) }] }, '/accepted/0/at'],
    [
      'a key destroyed after the end',
      { keys: [{ ...dataKey!, destroyedAt: minute(61) }, kmsKey!] },
      '/keys/0/destroyedAt',
    ],
  ])('%s', (_, change, field) => {
    expect(problemsOf(change)).toContainEqual(['disorder', field]);
  });
});

describe('what stays and is not named is found:', () => {
  test.each<[string, Partial<RemovalCertificate>, string]>([
    ['a headline that hides a leftover', { headline: 'Tenant abcdefghijklmnop is removed.' }, '/headline'],
    ['a leftover without the operator who accepted it', { accepted: [{ ...bucket!, by: '' }] }, '/accepted/0/by'],
    ['a leftover without a reason', { accepted: [{ ...bucket!, reason: '' }] }, '/accepted/0/reason'],
    ['a leftover that is said to be removed, too', { resources: [removed(PLACE), ownKey!] }, '/resources/0'],
    ['an audit trail', { retained: [exported!] }, '/retained'],
    ['an export that should be gone', { retained: [trail!, { ...exported!, until: minute(59) }] }, '/retained/1/until'],
    ['a key that its provider has yet to delete', { keys: [dataKey!] }, '/resources/1/deletesAt'],
  ])('%s', (_, change, field) => {
    expect(problemsOf(change)).toContainEqual(['unnamed', field]);
  });
});
