import { billingMail } from '../../../../providers/mail/contents/billing-mail';

test('the mail about findings in billing groups them by problem, each with what to do', () => {
  const finding = {
    findingId: 'bf_1',
    tenantId: 'abcdefghijklmnop',
    problem: 'second_customer' as const,
    object: 'cus_1',
  };
  const { subject, text } = billingMail(
    [
      finding,
      { ...finding, findingId: 'bf_2', object: 'cus_2' },
      { ...finding, tenantId: null, problem: 'event_set_aside' },
    ],
    'https://example.com/api/',
  );
  expect(subject).toBe('[billing] 3 new findings');
  expect(text.match(/Stripe has a second customer/g)).toHaveLength(1);
  expect(text).toContain('tenant abcdefghijklmnop: cus_2 (bf_2)');
  expect(text).toContain('no tenant: cus_1');
  expect(text).toContain('https://example.com/api/open#/v1/billing/findings?state=open');
});
