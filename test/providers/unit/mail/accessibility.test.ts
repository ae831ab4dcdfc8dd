import axe, { type AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
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

/** Options of axe, by the colours that the reader prefers. */
const RULES_IN = { light: {}, dark: { runOnly: ['color-contrast'] } };

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

  /** What axe finds in these mails, by name: by every rule in light colours, and by the rule of contrast in dark ones, as no other looks at colours. */
  async function violationsIn(mails: Record<string, { html: string }>): Promise<string[]> {
    const page = await browser.newPage();
    // Once: the window stays the same when its content is set.
    await page.evaluate(axe.source);
    const found: string[] = [];
    for (const [name, { html }] of Object.entries(mails)) {
      await page.setContent(html);
      for (const [colorScheme, rules] of Object.entries(RULES_IN)) {
        await page.emulateMedia({ colorScheme: colorScheme as keyof typeof RULES_IN });
        const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(rules)})`);
        found.push(
          ...violations.map(
            ({ id, nodes }) => `${name} in ${colorScheme}: ${id} at ${nodes.map(({ html: at }) => at).join(', ')}`,
          ),
        );
      }
    }
    await page.close();
    return found;
  }

  test('a mail without a language, with a picture that says nothing and faint words would be found', async () => {
    const html =
      '<html><head><title>x</title></head><body><main><h1>Heading</h1><img src="x"><p style="color:#ccc">Faint words</p></main>';
    const found = await violationsIn({ bad: { html } });
    expect(found.map((each) => each.replace(/ at .*$/s, '')).sort()).toEqual([
      'bad in dark: color-contrast',
      'bad in light: color-contrast',
      'bad in light: html-has-lang',
      'bad in light: image-alt',
    ]);
  });

  test.each([
    ...LOCALES.map(([language, locale]): [string, Record<string, Rendered>] => [
      `to customers in ${language}`,
      customerMails(locale),
    ]),
    ['to operators and approvers', OWN_MAILS] as [string, Record<string, Rendered>],
  ])(
    '%s has no violation, in light colours and in dark ones',
    async (_, mails) => {
      expect(await violationsIn(mails)).toEqual([]);
    },
    180_000,
  );
});
