import type { Page } from 'playwright-core';
import { settled, type ConsoleBrowser } from '../helpers/browser/console';

/** Milliseconds within which the first page must begin to show on a machine with nothing else to do. */
const BUDGET_MS = 1_000;

/** Milliseconds that a page without a script takes on such a machine, at most. A busier machine gets proportionally more. */
const PLAIN_MS = 100;

const LOADS = 5;

/** Tests how soon the console shows. They share the API and the browser of another suite, which have people to sign in. */
export function firstPaint(started: () => { url: string; web: ConsoleBrowser }): void {
  test('the first page begins to show within a second, from an empty cache', async () => {
    const { url, web } = started();
    const paints = { plain: [] as number[], first: [] as number[], largest: [] as number[] };
    // In turns, so that both meet the machine as it is at that time.
    for (let load = 0; load < LOADS; load += 1) {
      const page = await web.open('/', { as: 'operator' });
      await settled(page);
      paints.first.push(await paintOf(page, 'first-contentful-paint'));
      paints.largest.push(await paintOf(page, 'largest-contentful-paint'));
      const plain = await page.context().newPage();
      await plain.goto(`${url}/problems/not-found`);
      paints.plain.push(await paintOf(plain, 'first-contentful-paint'));
      await page.context().close();
    }
    const [first, largest, plain] = [medianOf(paints.first), medianOf(paints.largest), medianOf(paints.plain)];
    process.stdout.write(
      `first paint of the console: ${first} ms, its largest part: ${largest} ms, a page without a script: ${plain} ms (medians of ${LOADS})\n`,
    );
    expect(first).toBeLessThan(BUDGET_MS * Math.max(1, plain / PLAIN_MS));
  }, 180_000);
}

/** Milliseconds from the beginning of the navigation to the last paint of this kind so far. */
function paintOf(page: Page, kind: 'first-contentful-paint' | 'largest-contentful-paint'): Promise<number> {
  const type = kind === 'first-contentful-paint' ? 'paint' : kind;
  return page.evaluate(
    `new Promise((resolve) => new PerformanceObserver((list) => {
      const times = list.getEntries().filter(({ name, entryType }) => '${kind}' === (entryType === 'paint' ? name : entryType));
      if (times.length > 0) resolve(times.at(-1).startTime);
    }).observe({ type: '${type}', buffered: true }))`,
  );
}

function medianOf(times: number[]): number {
  return Math.round(times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!);
}
