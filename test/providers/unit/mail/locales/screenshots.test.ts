import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { hasBrowser, startBrowser } from '../../../../helpers/browser/browser';
import { customerMails, LOCALES } from './all-mails';

const suite = hasBrowser() ? describe : describe.skip;
if (!hasBrowser()) test.todo('mails in a browser: not run, this machine has no Chromium');

/** Folder for a picture of each mail, for people to look at; taking them costs more than all checks. */
const PICTURES = process.env.MAIL_PICTURES;

/** Names of customers that a layout may break at. */
const NAMES = {
  usual: 'Söhne & Co.',
  long: 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(4),
  rtl: 'شركة الأمل 7',
};

const VIEWS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [360, 800].map((width) => ({ colorScheme, width })),
);

suite('every mail to a customer in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    if (PICTURES) mkdirSync(PICTURES, { recursive: true });
    browser = await startBrowser();
  }, 120_000);
  afterAll(() => browser?.close());

  test('would show a page that is too wide, and text that is too faint', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
    await page.setContent(
      '<main><p style="width:400px">Wide</p><p style="color:#ccc;background:#fff">Faint</p></main>',
    );
    expect([(await overflow(page)).length, await faint(page)]).toEqual([1, [expect.stringContaining('Faint')]]);
    await page.close();
  });

  describe.each(LOCALES)('in %s', (language, locale) => {
    test.each(Object.entries(NAMES))(
      'fits a phone and a desktop and can be read in light and dark colours, to a customer with a name that is %s',
      async (kind, name) => {
        const page = await browser.newPage();
        for (const [about, { html }] of Object.entries(customerMails(locale, name))) {
          await page.setContent(html);
          for (const { colorScheme, width } of VIEWS) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: 640 });
            const seen = { about, colorScheme, width };
            expect({ ...seen, overflow: await overflow(page) }).toEqual({ ...seen, overflow: [] });
            expect({ ...seen, faint: await faint(page) }).toEqual({ ...seen, faint: [] });
            if (!PICTURES || kind === 'long') continue;
            const file = `${about}.${language}${kind === 'rtl' ? '.rtl' : ''}.${width}.${colorScheme}.png`;
            writeFileSync(join(PICTURES, file), await page.screenshot({ fullPage: true }));
          }
        }
        await page.close();
      },
      180_000,
    );
  });
});

/** Elements that are wider than the page. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    [...document.querySelectorAll('body *')].filter((element) => {
      const { left, right } = element.getBoundingClientRect();
      return left < -0.5 || right > document.documentElement.clientWidth + 0.5;
    }).map((element) => element.outerHTML.slice(0, 80))`);
}

/** Texts with less contrast than WCAG 2.2 AA asks for, 4.5 to 1. */
function faint(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const luminance = (colour) => {
      const [red, green, blue] = channels(colour).map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const background = (element) => {
      if (!element) return 'rgb(255, 255, 255)';
      const { backgroundColor } = getComputedStyle(element);
      return channels(backgroundColor)[3] === 0 ? background(element.parentElement) : backgroundColor;
    };
    const hasText = (element) =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
    [...document.querySelectorAll('main, main *')].filter(hasText).flatMap((element) => {
      const lights = [luminance(getComputedStyle(element).color), luminance(background(element))];
      const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
      return contrast < 4.5 ? [contrast.toFixed(1) + ': ' + element.outerHTML.slice(0, 80)] : [];
    })`);
}
