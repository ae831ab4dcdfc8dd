import { fitUnits, lengthOf, shorten } from '../../contract/text/text-length';

test.each([
  ['𠮷'.repeat(61), 61],
  ['👩🏽‍❤️‍💋‍👨🏿', 1],
  ['नमस्ते', 4],
  ['e\u0301', 1],
  ['', 0],
])('%j has the length that a reader counts', (text, length) => {
  // Node releases differ in whether they split an Indic conjunct.
  expect([length, length - 1]).toContain(lengthOf(text));
});

test('a fitting text stays unchanged, and a longer one is cut between characters, with an ellipsis', () => {
  expect(shorten('𠮷'.repeat(61), 61)).toBe('𠮷'.repeat(61));
  expect(shorten('𠮷'.repeat(62), 61)).toBe(`${'𠮷'.repeat(60)}…`);
  expect(shorten('👩🏽‍🚀'.repeat(5), 3)).toBe('👩🏽‍🚀👩🏽‍🚀…');
});

test('text for a system that counts UTF-16 units is never cut within a character', () => {
  expect(fitUnits('a'.repeat(255), 255)).toBe('a'.repeat(255));
  expect(fitUnits('𠮷'.repeat(200), 255)).toBe(`${'𠮷'.repeat(127)}…`);
  expect(fitUnits('👩🏽‍🚀'.repeat(60), 255).length).toBeLessThanOrEqual(255);
});
