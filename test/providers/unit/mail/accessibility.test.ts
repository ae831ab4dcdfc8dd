import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContext } from 'playwright-core';
import { approvalMail } from '../../../../providers/mail/contents/approval-mail';
import { auditMail } from '../../../../providers/mail/contents/audit-mail';
import type { Rendered } from '../../../../providers/mail/layout';
import { operatorMail } from '../../../../providers/mail/contents/operator-mail';
import { quotaMail } from '../../../../providers/mail/contents/quota-mail';
import { billingMail } from '../../../../providers/mail/contents/billing-mail';
import { webhookMail } from '../../../../providers/mail/contents/webhook-mail';
import { hasBrowser, startBrowser } from '../../../helpers/browser/browser';
import { customerMails, LOCALES } from './locales/all-mails';
import { APPROVAL, LEFTOVERS } from './samples';

const suite = hasBrowser() ? describe : describe.skip;
if (!hasBrowser()) test.todo('the accessibility of mails: not run, this machine has no Chromium');

const AT = new Date('2026-11-24T09:30:00Z');

/** Every sort of mail to operators and approvers. */
const OWN_MAILS: Record<string, Rendered> = {
  operator: operatorMail(LEFTOVERS),
  approval: approvalMail(APPROVAL),
  audit: auditMail({
    findingId: 'f1',
    tenantId: 'abcdefghijklmnop',
    region: 'eu-central',
    problem: 'The chain breaks at entry 7.',
    foundAt: AT,
    apiUrl: 'https://example.com/api/',
  }),
  quota: quotaMail([
    { tenantId: 'abcdefghijklmnop', plan: 'starter', region: 'eu-central', bytes: 2e9, quotaBytes: 1e9, overSince: AT },
  ]),
  billing: billingMail(
    [{ findingId: 'bf_1', tenantId: 'abcdefghijklmnop', problem: 'second_customer', object: 'cus_1' }],
    'https://example.com/api/',
  ),
  webhook: webhookMail({
    endpointId: 'we_1',
    owner: 'token:signup',
    url: 'https://hooks.example.com/',
    about: 'warning',
    failingSince: AT,
    apiUrl: 'https://example.com/api/',
  }),
};

suite('every mail, judged by axe', () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await startBrowser()), 120_000);
  afterAll(() => browser?.close());

  /** What axe finds in these mails, by name. */
  async function violationsIn(mails: Record<string, { html: string }>, context: BrowserContext): Promise<string[]> {
    const page = await context.newPage();
    const found: string[] = [];
    for (const [name, { html }] of Object.entries(mails)) {
      await page.setContent(html);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>('axe.run()');
      found.push(
        ...violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ html: at }) => at).join(', ')}`),
      );
    }
    await context.close();
    return found;
  }

  test('a mail without a language, with a picture that says nothing and faint words would be found', async () => {
    const html =
      '<html><head><title>x</title></head><body><main><h1>Heading</h1><img src="x"><p style="color:#ccc">Faint words</p></main>';
    const found = await violationsIn({ bad: { html } }, await browser.newContext());
    expect(found.map((each) => each.replace(/ at .*$/s, '')).sort()).toEqual([
      'bad: color-contrast',
      'bad: html-has-lang',
      'bad: image-alt',
    ]);
  });

  describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
    test.each([
      ...LOCALES.map(([language, locale]): [string, Record<string, Rendered>] => [
        `to customers in ${language}`,
        customerMails(locale),
      ]),
      ['to operators and approvers', OWN_MAILS] as [string, Record<string, Rendered>],
    ])(
      '%s has no violation',
      async (_, mails) => {
        expect(await violationsIn(mails, await browser.newContext({ colorScheme }))).toEqual([]);
      },
      180_000,
    );
  });
});
