import { customerMail } from '../../../../providers/mail/contents/customer-mail';
import { FAILURES, type FailureType } from '../../../../contract/operations/failures';

const mailOf = (type: string, pointer?: string) =>
  customerMail({
    organizationName: 'Acme',
    operationId: 'op_abc',
    failure: { type, ...(pointer === undefined ? {} : { pointer }) },
  });
const OURS = 'for technical reasons on our side';

test('says that the tenant could not be set up, that nothing was charged, and which reference to quote', () => {
  const { subject, text } = mailOf('InternalError');
  expect(subject).toBe('Acme could not be set up');
  for (const part of ['Nothing was charged', 'is being removed', 'op_abc']) expect(text).toContain(part);
});

test('explains in words what the customer can correct', () => {
  expect(mailOf('PaymentMethodDeclined', '/paymentMethod').text).toContain(
    'The payment method cannot be used for later payments. Please order again with another one',
  );
  for (const type of ['ApprovalRejected', 'ApprovalExpired']) expect(mailOf(type).text).toContain('was not approved');
});

test('every user fault with a pointer is explained to the customer, except those only the sender of the order can correct', () => {
  const faults = Object.entries(FAILURES).filter(([, entry]) => entry.class === 'user-fault');
  const unexplained = faults.map(([type]) => type).filter((type) => mailOf(type, '/x').text.includes(OURS));
  // Recovery settings concern operators and the sign-up service.
  expect(unexplained).toEqual(['RecoveryNotInPlan']);
});

test.each(Object.keys(FAILURES).filter((type) => FAILURES[type as FailureType].class !== 'user-fault'))(
  '%s is described as a technical problem on our side, without details',
  (type) => {
    const { subject, text, html } = mailOf(type);
    expect(text).toContain(OURS);
    expect(`${subject}${text}${html}`).not.toMatch(/stripe|postgres|keycloak|kubernetes|temporal|bucket/i);
  },
);

test('a fault without a pointer into the order is described as ours', () => {
  expect(mailOf('RegionNotFound').text).toContain(OURS);
  expect(mailOf('SomethingNew', '/x').text).toContain(OURS);
});

test('says of a cancelled order that it was cancelled, without looking for a fault', () => {
  const { subject, text } = mailOf('Cancelled');
  expect(subject).toBe('The order for Acme was cancelled');
  expect(text).toContain('Nothing was charged');
  expect(text).not.toMatch(/fail|could not/);
});

test('contains an approver’s reason for a rejection', () => {
  const { text } = customerMail({
    organizationName: 'Acme',
    operationId: 'op_abc',
    failure: { type: 'ApprovalRejected' },
    comment: 'No budget for 50 GB',
  });
  expect(text).toContain('The reason given: No budget for 50 GB');
});
