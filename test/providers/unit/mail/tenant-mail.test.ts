import { SUSPENSION_REASONS } from '../../../../contract/tenants/reasons';
import { tenantMail } from '../../../../providers/mail/contents/tenant-mail';
import { TENANT_MAILS } from './samples';

const of = { organizationName: 'Acme', operationId: 'op_abc' };
const at = (day: string) => new Date(`2026-12-${day}T09:00:00Z`);

describe('a mail about a suspension', () => {
  const suspended = (reason?: string, access: 'closed' | 'read-only' = 'closed') =>
    tenantMail({ ...of, about: 'suspended', reason, access });

  test('says why, what still works, what is kept, how to go on and which reference to quote', () => {
    const { subject, text } = suspended('non_payment');
    expect(subject).toBe('Acme is suspended');
    for (const part of [
      'because an invoice is unpaid',
      'nobody can sign in',
      'All your data is kept',
      'pay what is outstanding',
      'Reference:\nop_abc',
    ])
      expect(text).toContain(part);
  });

  test('of a tenant that can be read says so', () => {
    const { text } = suspended('non_payment', 'read-only');
    expect(text).toContain('people can sign in and read what is there');
    expect(text).not.toContain('nobody can sign in');
  });

  test('has a sentence for every reason, and one without', () => {
    const sentences = [...SUSPENSION_REASONS, 'other', undefined].map(
      (reason) => suspended(reason).text.split('\n')[0],
    );
    expect(sentences.at(-1)).toBe('The workspace of Acme is suspended.');
    expect(sentences.at(-2)).toBe(sentences.at(-1));
    expect(new Set(sentences).size).toBe(SUSPENSION_REASONS.length + 1);
  });
});

describe('a mail about a removal', () => {
  const leaving = { ...of, about: 'leaving', reason: 'customer_request', now: at('01'), exported: false } as const;

  test('names the date, what is deleted and how to call it off', () => {
    const { subject, text } = tenantMail({ ...leaving, removalAt: at('31') });
    expect(subject).toBe('Acme will be removed on 31 December 2026 at 09:00 UTC');
    for (const part of [
      'as your organization has asked',
      'On 31 December 2026 at 09:00 UTC, or soon after, all data, files, accounts and backups are deleted',
      'can be called off',
      'op_abc',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('copy of your data');
  });

  test('that begins at once does not offer to call it off', () => {
    const { subject, text } = tenantMail({ ...leaving, removalAt: at('01') });
    expect(subject).toBe('Acme is being removed');
    expect(text).toContain('All data, files, accounts and backups are deleted');
    expect(text).not.toContain('called off');
  });

  test('with an export says that another mail follows', () => {
    expect(tenantMail({ ...leaving, exported: true, removalAt: at('31') }).text).toContain('Another mail says how');
  });

  test('that was called off says that nothing was deleted, and what becomes of the copy', () => {
    const calledOff = (exported: boolean) => tenantMail({ ...of, about: 'called-off', exported }).text;
    expect(calledOff(false)).toContain('Nothing in it was deleted');
    expect(calledOff(false)).not.toContain('copy');
    expect(calledOff(true)).toContain('cannot be fetched any more');
  });
});

describe('a mail about an export', () => {
  test('links to its key, and says until when it is kept', () => {
    const { text } = tenantMail({
      ...of,
      about: 'exported',
      keyUrl: 'https://app.example.com/export#t.one-time',
      until: at('31'),
    });
    expect(text).toContain('It is kept until 31 December 2026 at 09:00 UTC.');
    expect(text).toContain('Fetch the key:\nhttps://app.example.com/export#t.one-time');
  });

  test('that is encrypted for the customer’s own key has no link', () => {
    const { text } = tenantMail({ ...of, about: 'exported' });
    expect(text).toContain('the key that your organization named');
    expect(text).not.toMatch(/https?:|kept until/);
  });
});

test.each([
  ['suspend', 'is suspended then'],
  ['deprovision', 'is closed then, and later removed'],
] as const)('a mail about a trial that ends with %s names the date and what follows', (then, what) => {
  const { subject, text } = tenantMail({ ...of, about: 'trial-ending', endsAt: at('31'), then });
  expect(subject).toBe('The trial of Acme ends on 31 December 2026 at 09:00 UTC');
  expect(text).toContain(what);
});

test.each(TENANT_MAILS.map((mail) => [mail.about, mail] as const))(
  'a mail about %s names no provider and no internal id but the reference',
  (_about, mail) => {
    const { subject, text, html } = tenantMail(mail);
    expect(`${subject}${text}${html}`).not.toMatch(
      /stripe|postgres|keycloak|kubernetes|temporal|bucket|tenant|operation/i,
    );
    expect(text).toContain('op_abc');
  },
);
