import { adviceFor, meaningFor } from '../../../contract/operations/advice-for';
import { FAILURE_GUIDE } from '../../../contract/operations/failure-guide';
import { hasEnded, type OperationStatus } from '../../../contract/operations/states';

const ACTIONS = Object.values(FAILURE_GUIDE).map(({ action }) => action);

test.each(['failed', 'active', 'cancelled', 'rejected'] as OperationStatus[])(
  'advice about a run that is %s names no verb, because none is possible',
  (status) => {
    expect(hasEnded(status)).toBe(true);
    for (const action of ACTIONS) expect(adviceFor(status, action, [])).not.toMatch(/`(retry|amend|skip)`/);
  },
);

test('advice about a declined payment names only the verbs offered beside it', () => {
  const { action } = FAILURE_GUIDE.PaymentMethodDeclined;
  expect(adviceFor('on_hold', action, ['retry', 'amend'])).toBe('`amend` the payment method.');
  expect(adviceFor('on_hold', action, ['retry'])).not.toMatch(/`(amend|skip)`/);
  expect(adviceFor('active', action, [])).toBe('Settle the invoice with the customer.');
});

test('advice about an active tenant does not say to order again', () => {
  const { action } = FAILURE_GUIDE.ProviderRefused;
  expect(adviceFor('active', action, [])).toBe('Correct what the message names at the provider or in the environment.');
});

test('advice about a run on hold never says to order again, because its order can be amended', () => {
  for (const action of ACTIONS.filter((each) => /^(On hold|.*`retry`|Correct)/.test(each)))
    expect(adviceFor('on_hold', action, ['retry', 'amend'])).not.toMatch(/order again|requested again/i);
});

test('advice about an operation that still repeats the step does not say to request it again', () => {
  const { action } = FAILURE_GUIDE.ProviderUnavailable;
  expect(adviceFor('provisioning', action, ['cancel'])).toMatch(/^Make sure that the provider .*the worker’s log\)\.$/);
});

test('while an operation still tries, nothing is said of the time after which its template gives up, which is not that of an undo', () => {
  const { means } = FAILURE_GUIDE.ProviderUnavailable;
  expect(meaningFor('compensating', means)).toBe(
    'A provider could not be reached, or answered that it is unavailable for now.',
  );
  expect(meaningFor('failed', means)).toContain('outageSeconds');
});
