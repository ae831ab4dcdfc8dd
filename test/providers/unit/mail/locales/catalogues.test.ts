import { SUSPENSION_REASONS } from '../../../../../contract/tenants/reasons';
import { DE } from '../../../../../providers/mail/locales/de';
import { EN } from '../../../../../providers/mail/locales/en';
import { CATALOGUES, localeOf } from '../../../../../providers/mail/locales/locale';
import { tenantMail } from '../../../../../providers/mail/contents/tenant-mail';
import { customerMails, LOCALES } from './all-mails';

type Text = (...values: string[]) => string | string[];

/** Every text of a catalogue by its path, with `‹1›` and `‹2›` in place of what is filled in. */
function textsIn(part: unknown, path = ''): [path: string, text: string][] {
  if (typeof part === 'string') return [[path, part]];
  if (typeof part === 'function') return textsIn((part as Text)('‹1›', '‹2›'), path);
  return Object.entries(part as object).flatMap(([key, value]) => textsIn(value, `${path}/${key}`));
}

const placeholders = (text: string): string[] => [...new Set(text.match(/‹\d›/g))].sort();

describe.each(Object.entries(CATALOGUES))('the catalogue %s', (language, catalogue) => {
  const texts = textsIn(catalogue);

  test('has a text for every key, with every value that English fills in', () => {
    // A language may split a mail into other paragraphs, so these are compared together.
    const together = (all: [string, string][]): Record<string, string[]> => {
      const found = new Map<string, string>();
      for (const [path, text] of all) {
        const key = path.replace(/(\/paragraphs)\/\d+$/, '$1');
        found.set(key, `${found.get(key) ?? ''} ${text}`);
      }
      return Object.fromEntries([...found].map(([path, text]) => [path, placeholders(text)]));
    };
    const { '/tag': _tag, '/direction': _direction, ...own } = together(texts);
    const { '/tag': _english, '/direction': _ltr, ...english } = together(textsIn(EN));
    expect(own).toEqual(english);
  });

  test('has no empty text, no stray blank and nothing that was not filled in', () => {
    for (const [path, text] of texts) {
      expect([path, text]).toEqual([path, text.trim()]);
      expect(text).not.toMatch(/^$|undefined|\[object| {2}|\s[.,:;!?]/);
    }
  });

  test('has a sentence of its own for every reason of a suspension and a removal', () => {
    for (const sentences of [catalogue.suspended.because, catalogue.leaving.willBecause, catalogue.leaving.nowBecause])
      expect(new Set(SUSPENSION_REASONS.map((reason) => sentences[reason]('Acme'))).size).toBe(
        SUSPENSION_REASONS.length,
      );
  });

  test('says in the mail which language it is', () => {
    const mails = customerMails(localeOf({ languages: [language] }));
    for (const mail of Object.values(mails)) {
      expect(mail.language).toBe(catalogue.tag);
      expect(mail.html).toContain(`<html lang="${catalogue.tag}" dir="${catalogue.direction}">`);
    }
  });
});

test('no German text is the English one', () => {
  const english = new Map(textsIn(EN));
  const same = textsIn(DE).filter(([path, text]) => english.get(path) === text);
  expect(same.map(([path]) => path)).toEqual(['/direction']);
});

test('German addresses the reader as “Sie”', () => {
  for (const [, text] of textsIn(DE)) expect(text).not.toMatch(/\b(?:du|dich|dir|dein\w*|euch|euer)\b/i);
});

test.each(LOCALES)('in %s, every mail has text and HTML that say the same', (_language, locale) => {
  for (const { text, html, subject } of Object.values(customerMails(locale))) {
    for (const part of [text, html, subject])
      expect(part).not.toMatch(/undefined|\[object|NaN|Invalid|[\uE000\uE001\uFFFC]/);
    const seen = html
      .replace(/<style>.*?<\/style>|<title>.*?<\/title>|<bdi>|<\/bdi>/gs, '')
      .replace(/<[^>]*>/g, '\n')
      .replace(/&#(\d+);/g, (_entity, code) => String.fromCharCode(Number(code)));
    for (const line of text.split('\n').filter((each) => each !== ''))
      expect(seen).toContain(line.replace(/:$/, '').replace(/^Plan: |^Tarif: /, ''));
  }
});

describe('the language of a mail', () => {
  test.each([
    ['de', 'de-DE'],
    ['de-AT', 'de-AT'],
    ['de-CH-u-ca-buddhist-nu-thai', 'de-CH'],
    ['en-US', 'en-US'],
    ['de-Latn-DE-1996', 'de-DE'],
  ])('of an order in %s is %s', (wanted, tag) => {
    expect(localeOf({ languages: [wanted] }).tag).toBe(tag);
  });

  test.each([[undefined], ['fr-FR'], ['no tag'], [7], [null]])(
    'of an order with the locale %j is the plan’s, and otherwise English',
    (wanted) => {
      expect(localeOf({ languages: [wanted, 'de'] }).tag).toBe('de-DE');
      expect(localeOf({ languages: [wanted] }).tag).toBe('en-GB');
    },
  );
});

describe('a time in a mail', () => {
  const noon = new Date('2026-12-24T12:00:00Z');
  const shown = (languages: unknown[], timeZones: unknown[] = []): string =>
    localeOf({ languages, timeZones }).time(noon);

  test('is written as in the language and its region, with its time zone', () => {
    expect(shown(['en'])).toBe('24 December 2026 at 12:00 UTC');
    expect(shown(['de'], ['Europe/Berlin'])).toBe('24. Dezember 2026 um 13:00 MEZ');
    expect(shown(['en-US'], ['America/New_York'])).toBe('December 24, 2026 at 07:00 AM EST');
    expect(shown(['de-AT'], ['Nowhere/Land', 'Europe/Vienna'])).toBe('24. Dezember 2026 um 13:00 MEZ');
  });

  test('reads as part of a German sentence', () => {
    const [, locale] = LOCALES.find(([language]) => language === 'de')!;
    const { subject } = tenantMail(
      { organizationName: 'Acme', operationId: 'op_abc', about: 'trial-ending', endsAt: noon, then: 'suspend' },
      locale,
    );
    expect(subject).toBe('Die Testphase von Acme endet am 24. Dezember 2026 um 13:00 MEZ');
  });
});

test('a name that is read from right to left is kept apart from the sentence around it', () => {
  const [, locale] = LOCALES[1]!;
  const { text, html, subject } = customerMails(locale, 'شركة 7').accepted!;
  expect(text).toContain('\u2068شركة 7\u2069');
  expect(html).toContain('<bdi>شركة 7</bdi>');
  expect(subject).toContain('شركة 7');
});
