import type { Expected } from '../../../stack/quickstart/demo-orders';
import { surprises } from '../../../stack/quickstart/outcome';
import type { Answer } from '../../../stack/quickstart/proof/question';
import { row } from './rows';

const DECLINED: Expected = { status: 'failed', step: 'integrations', types: ['PaymentMethodDeclined'] };
const failure = { type: 'PaymentMethodDeclined', message: 'declined', step: 'integrations' as const };
const NOTHING: Answer = { where: 'Keycloak', what: 'users', failed: 0, active: 4 };

describe('the demonstration is a success', () => {
  test('when active tenants are active, approved ones were approved and declined ones failed as expected', () => {
    const rows = [
      row({}),
      row({ needsApproval: true }, { approval: { state: 'approved', required: ['storageQuotaGb'] } }),
      row({ expected: DECLINED }, { status: 'failed', failure }),
    ];
    expect(surprises(rows, [NOTHING])).toEqual([]);
  });
});

describe('the demonstration is no success', () => {
  test.each([
    ['a tenant that should be active is not', row({}, { status: 'failed', failure }), /should be active and is failed/],
    ['leftovers are in an operator’s hands', row({}, { status: 'needs_operator' }), /is needs_operator/],
    ['an approval was not asked for', row({ needsApproval: true }), /without its approval/],
    ['a declined tenant is active', row({ expected: DECLINED }), /should have failed in step integrations/],
    [
      'a tenant failed in another step',
      row({ expected: DECLINED }, { status: 'failed', failure: { ...failure, step: 'verify' } }),
      /is failed in step verify/,
    ],
    [
      'a tenant failed for another reason',
      row({ expected: DECLINED }, { status: 'failed', failure: { ...failure, type: 'ProviderUnavailable' } }),
      /ProviderUnavailable/,
    ],
  ])('when %s', (_, theRow, sentence) => {
    expect(surprises([theRow], [])).toEqual([expect.stringMatching(sentence)]);
  });

  test('when a provider still has something of a failed tenant, or does not answer', () => {
    expect(surprises([], [{ ...NOTHING, failed: 2 }])).toEqual(['Keycloak still has 2 users of a tenant that failed.']);
    expect(surprises([], [{ ...NOTHING, failed: 'connection refused' }])).toEqual([
      expect.stringContaining('connection refused'),
    ]);
  });
});
