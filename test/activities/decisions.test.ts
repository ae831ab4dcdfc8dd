import { adviceFor } from '../../activities/decisions';
import { FAILURE_GUIDE } from '../../contract/failure-guide';
import { STATE_TABLE, type OperationStatus } from '../../contract/states';

const ACTIONS = Object.values(FAILURE_GUIDE).map(({ action }) => action);
const retry = { aim: '', body: { verb: 'retry' } };
const amend = { aim: '', body: { verb: 'amend' } };

test.each(['failed', 'active', 'cancelled', 'rejected'] as OperationStatus[])(
  'advice about a run that is %s names no verb, because none is possible',
  (status) => {
    expect(STATE_TABLE[status].end).toBe(true);
    for (const action of ACTIONS) expect(adviceFor(status, action, [])).not.toMatch(/`(retry|amend|skip)`/);
  },
);

test('advice about a declined payment names only the verbs that are offered beside it', () => {
  const { action } = FAILURE_GUIDE.PaymentMethodDeclined;
  expect(adviceFor('on_hold', action, [retry, amend])).toBe('`amend` the payment method.');
  expect(adviceFor('on_hold', action, [retry])).not.toMatch(/`(amend|skip)`/);
  expect(adviceFor('active', action, [])).toBe('Settle the invoice with the customer.');
});

test('advice about an active tenant does not have it ordered again', () => {
  const { action } = FAILURE_GUIDE.ProviderRefused;
  expect(adviceFor('active', action, [])).toBe('Correct what the message names at the provider or in the environment.');
});
