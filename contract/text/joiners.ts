/**
 * Invisible characters that some writing systems require. Each is legitimate only next to the letters it acts on (UAX #31 §2.3 for the
 * joiners, UTS #51 for emoji, the Ideographic Variation Database for Han). Anywhere else it can disguise a name.
 */

/** Marks that suppress a consonant's inherent vowel (canonical combining class 9). */
const VIRAMA =
  '\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d3b\\u0d3c\\u0d4d\\u0dca\\u0e3a\\u0eba\\u0f84\\u1039\\u103a\\u1714\\u1715\\u1734\\u17d2\\u1a60' +
  '\\u1b44\\u1baa\\u1bab\\u1bf2\\u1bf3\\u2d7f\\ua806\\ua82c\\ua8c4\\ua953\\ua9c0\\uaaf6\\uabed\\u{10a3f}\\u{11046}\\u{11070}\\u{1107f}\\u{110b9}\\u{11133}' +
  '\\u{11134}\\u{111c0}\\u{11235}\\u{112ea}\\u{1134d}\\u{11442}\\u{114c2}\\u{115bf}\\u{1163f}\\u{116b6}\\u{1172b}\\u{11839}\\u{1193d}\\u{1193e}\\u{119e0}' +
  '\\u{11a34}\\u{11a47}\\u{11a99}\\u{11c3f}\\u{11d44}\\u{11d45}\\u{11d97}';

/** Scripts whose letters join their neighbours; a non-joiner prevents two letters from joining. */
const CURSIVE =
  '(?:(?=\\p{L})[\\p{scx=Arab}\\p{scx=Syrc}\\p{scx=Mong}\\p{scx=Nkoo}\\p{scx=Mand}\\p{scx=Adlm}\\p{scx=Rohg}\\p{scx=Mani}\\p{scx=Sogd}])';

/** Scripts written without spaces, in which a zero-width space ends a word. */
const UNSPACED =
  '(?:(?=[\\p{L}\\p{M}])[\\p{sc=Khmr}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Mymr}\\p{sc=Tibt}\\p{sc=Lana}\\p{sc=Java}])';

const PICTURE = '\\p{Extended_Pictographic}[\\u{1f3fb}-\\u{1f3ff}]?\\ufe0f?';

const IN_PLACE = [
  // UAX #31 A1. The preceding letter need not join forwards: Persian uses the non-joiner after any letter.
  `(?<=${CURSIVE}\\p{M}{0,4})\\u200c(?=\\p{M}{0,4}${CURSIVE})`,
  // UAX #31 A2 and B, and the joiner before the virama (Bengali র‍্য).
  `(?<=\\p{L}\\p{M}{0,4}[${VIRAMA}]\\p{M}{0,4})\\u200c(?=\\p{M}{0,4}\\p{L})`,
  `(?<=\\p{L}\\p{M}{0,4}[${VIRAMA}]\\p{M}{0,4})\\u200d(?!\\u200d)`,
  `(?<=\\p{L})[\\u200c\\u200d](?=[${VIRAMA}]\\p{L})`,
  `(?<=${UNSPACED})\\u200b(?=${UNSPACED})`,
  // Emoji: presentation, keycaps, sequences, flags of subdivisions.
  '(?<=(?![0-9#*])\\p{Emoji}[\\u{1f3fb}-\\u{1f3ff}]?)[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
  `(?<=${PICTURE})\\u200d(?=\\p{Extended_Pictographic})`,
  '(?<=\\u{1f3f4})[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{3,6}\\u{e007f}',
  // Variants of Han, Mongolian, Myanmar and Phags-pa letters.
  '(?<=\\p{Unified_Ideograph})[\\ufe00-\\ufe02\\u{e0100}-\\u{e01ef}]',
  '(?<=[\\u1820-\\u18aa])[\\u180b-\\u180d\\u180f]',
  '(?<=[\\u1820-\\u18aa])\\u180e(?=[\\u1820\\u1821])',
  '(?<=(?=\\p{L})[\\p{sc=Mymr}\\p{sc=Phag}])\\ufe00',
];

const JOINER = new RegExp(IN_PLACE.join('|'), 'gu');

/** The text without the invisible characters that its writing system requires at their positions. */
export function withoutJoiners(text: string): string {
  return text.replace(JOINER, '');
}

const NOT_PRINTED = new RegExp(`(${IN_PLACE.join('|')})|[\\p{C}\\p{Zl}\\p{Zp}\\s]+`, 'gu');

/** The text with every run of control, format, line-breaking and blank characters replaced by one blank. Legitimate joiners stay. */
export function onOneLine(text: string): string {
  return text.replace(NOT_PRINTED, (_, joiner: string | undefined) => joiner ?? ' ').trim();
}
