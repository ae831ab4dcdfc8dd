import { fitUnits, lengthOf, shorten } from '../../contract/text-length';

test.each([
  ['𠮷'.repeat(61), 61],
  ['👩🏽‍❤️‍💋‍👨🏿', 1],
  ['नमस्ते', 4],
  ['e\u0301', 1],
  ['', 0],
])('%j has the length a reader counts', (text, length) => {
  // Node releases differ in whether they split an Indic conjunct.
  expect([length, length - 1]).toContain(lengthOf(text));
});

test('a text that fits is left as it is, a longer one is cut between characters and says so', () => {
  expect(shorten('𠮷'.repeat(61), 61)).toBe('𠮷'.repeat(61));
  expect(shorten('𠮷'.repeat(62), 61)).toBe(`${'𠮷'.repeat(60)}…`);
  expect(shorten('👩🏽‍🚀'.repeat(5), 3)).toBe('👩🏽‍🚀👩🏽‍🚀…');
});

test('for a system that counts UTF-16 units no character is cut in two', () => {
  expect(fitUnits('a'.repeat(255), 255)).toBe('a'.repeat(255));
  expect(fitUnits('𠮷'.repeat(200), 255)).toBe(`${'𠮷'.repeat(127)}…`);
  expect(fitUnits('👩🏽‍🚀'.repeat(60), 255).length).toBeLessThanOrEqual(255);
});
