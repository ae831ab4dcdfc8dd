import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { builtConsole } from '../../stack/product/build';

/** Bytes of compressed script that a first load may take. */
const BUDGET = 250_000;

let folder: string;
beforeAll(async () => void (folder = await builtConsole()), 120_000);

const sizeOf = (file: string): number => statSync(path.join(folder, `${file}.gz`)).size;

describe('the console’s build', () => {
  test('needs less than 250 KB of compressed script for its first page', () => {
    const html = readFileSync(path.join(folder, 'index.html'), 'utf8');
    const entries = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file!);
    expect(entries.length).toBeGreaterThan(0);
    const first = new Set([...entries, ...assets().filter((file) => /\/now-[^/]*\.js$/.test(file))]);
    // What these import at once is loaded with them.
    for (const file of first)
      for (const [, imported] of readFileSync(path.join(folder, file), 'utf8').matchAll(
        /from\s*["']\.\/([^"']+\.js)["']/g,
      ))
        first.add(`assets/${imported}`);
    const bytes = [...first].reduce((sum, file) => sum + sizeOf(file), 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(BUDGET);
  });

  test('has no inline script or style, which the content security policy would refuse', () => {
    const html = readFileSync(path.join(folder, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
  });

  test('loads every page by itself', () => {
    const pages = ['now', 'operations', 'operation', 'approvals', 'order'];
    for (const page of pages) expect(assets().some((file) => new RegExp(`/${page}-[^/]*\\.js$`).test(file))).toBe(true);
  });
});

function assets(): string[] {
  return readdirSync(path.join(folder, 'assets')).map((file) => `assets/${file}`);
}
