import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DOCUMENTS, read, ROOT } from './documents';

/** Files that docs/extending.md tells its reader to create. */
const TO_BE_MADE = ['activities/content.ts', 'templates/sql/pool/0003.sql', 'templates/sql/tenant/0002.sql'];

/** Inline links within the checkout. Code is skipped, because brackets mean something else there. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!).filter((link) => !/^[a-z]+:/.test(link));
}

/** Anchors of the headings, as GitHub generates them. */
function anchorsOf(text: string): string[] {
  return [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe.each(DOCUMENTS)('$file', ({ file, text }) => {
  test('has no broken links', () => {
    const broken = linksOf(text).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(ROOT, file) : join(ROOT, dirname(file), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run (?:--silent )?([a-z:-]+)|(test)\b)/g)].map(
      ([, run, own]) => run ?? own!,
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  test('names only files that exist in this checkout', () => {
    const named = [
      ...text.matchAll(/`((?:activities|api|config|contract|registry|stack|templates|workflows)\/[\w./-]+)`/g),
    ].map((match) => match[1]!);
    expect(named.filter((path) => !TO_BE_MADE.includes(path) && !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
