import { customerMail } from '../../../activities/adapters/mail/customer-mail';
import { FAILURES, type FailureType } from '../../../contract/failures';

const mailOf = (type: string, pointer?: string) =>
  customerMail({
    organizationName: 'Acme',
    operationId: 'op_abc',
    failure: { type, ...(pointer === undefined ? {} : { pointer }) },
  });
const OURS = 'for technical reasons on our side';

test('says that it could not be set up, that nothing was charged, and what to name when asking', () => {
  const { subject, text } = mailOf('InternalError');
  expect(subject).toBe('Acme could not be set up');
  for (const part of ['Nothing was charged', 'is being removed', 'op_abc']) expect(text).toContain(part);
});

test('what the customer can correct is said in words', () => {
  expect(mailOf('PaymentMethodDeclined', '/paymentMethod').text).toContain(
    'The payment method cannot be used for later payments. Please order again with another one',
  );
  for (const type of ['ApprovalRejected', 'ApprovalExpired']) expect(mailOf(type).text).toContain('was not approved');
});

test('every fault of an order that points to a field has words for the customer, but one only its sender knows', () => {
  const faults = Object.entries(FAILURES).filter(([, entry]) => entry.class === 'user-fault');
  const unexplained = faults.map(([type]) => type).filter((type) => mailOf(type, '/x').text.includes(OURS));
  // How a failure is dealt with is between operators and the sign-up service; nobody writes to a customer about a cancellation.
  expect(unexplained).toEqual(['RecoveryNotInPlan', 'Cancelled']);
});

test.each(Object.keys(FAILURES).filter((type) => FAILURES[type as FailureType].class !== 'user-fault'))(
  '%s is a technical reason on our side and nothing more',
  (type) => {
    const { subject, text, html } = mailOf(type);
    expect(text).toContain(OURS);
    expect(`${subject}${text}${html}`).not.toMatch(/stripe|postgres|keycloak|kubernetes|temporal|bucket/i);
  },
);

test('a fault that points to no field of the order is ours', () => {
  expect(mailOf('RegionNotFound').text).toContain(OURS);
  expect(mailOf('SomethingNew', '/x').text).toContain(OURS);
});

test('an approver’s reason for a rejection is in it', () => {
  const { text } = customerMail({
    ...{ organizationName: 'Acme', operationId: 'op_abc', failure: { type: 'ApprovalRejected' } },
    comment: 'No budget for 50 GB',
  });
  expect(text).toContain('The reason that was given: No budget for 50 GB');
});
