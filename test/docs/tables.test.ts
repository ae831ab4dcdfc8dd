import { TABLES, withTables } from '../../scripts/doc-tables';
import { DOCUMENTS } from './documents';

describe('generated tables', () => {
  test.each(DOCUMENTS)('$file agrees with the code (npm run docs updates it)', ({ text }) => {
    expect(withTables(text)).toBe(text);
  });

  test('each appear in exactly one document', () => {
    const shown = DOCUMENTS.flatMap(({ text }) => [...text.matchAll(/<!-- generated: ([a-z-]+) -->/g)]);
    expect(shown.map((match) => match[1]).sort()).toEqual(Object.keys(TABLES).sort());
  });

  test('a marker that names no table is an error', () => {
    expect(() => withTables('<!-- generated: nothing -->\n<!-- end of generated -->')).toThrow(
      'There is no table nothing',
    );
  });
});
