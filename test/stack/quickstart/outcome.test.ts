import type { Expected } from '../../../stack/quickstart/demo-orders';
import { unexpectedResults } from '../../../stack/quickstart/outcome';
import type { Answer } from '../../../stack/quickstart/proof/question';
import { row } from './rows';

const DECLINED: Expected = { status: 'failed', step: 'integrations', types: ['PaymentMethodDeclined'] };
const failure = { type: 'PaymentMethodDeclined', message: 'declined', step: 'integrations' as const };
const NOTHING: Answer = { where: 'Keycloak', what: 'users', failed: 0, active: 4 };

describe('the demonstration succeeds', () => {
  test('when every tenant is active, approved or declined as expected', () => {
    const rows = [
      row({}),
      row({ needsApproval: true }, { approval: { state: 'approved', required: ['storageQuotaGb'] } }),
      row({ expected: DECLINED }, { status: 'failed', failure }),
    ];
    expect(unexpectedResults(rows, [NOTHING])).toEqual([]);
  });
});

describe('the demonstration fails', () => {
  test.each([
    [
      'a tenant that should be active is not',
      row({}, { status: 'failed', failure }),
      /should be active, but is failed/,
    ],
    ['leftovers are in an operator’s hands', row({}, { status: 'needs_operator' }), /is needs_operator/],
    ['a required approval was not requested', row({ needsApproval: true }), /without its approval/],
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
    expect(unexpectedResults([theRow], [])).toEqual([expect.stringMatching(sentence)]);
  });

  test('when a provider still has a resource of a tenant that should be gone, or does not answer', () => {
    expect(unexpectedResults([], [{ ...NOTHING, failed: 2 }])).toEqual([
      'Keycloak still has 2 users of a tenant that should be gone.',
    ]);
    expect(unexpectedResults([], [{ ...NOTHING, failed: 'connection refused' }])).toEqual([
      expect.stringContaining('connection refused'),
    ]);
  });
});
