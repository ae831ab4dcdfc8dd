/** The unit of length wherever the product measures or cuts text that people read: what a reader sees as one character. */
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Characters of a text as a reader counts them (grapheme clusters, UAX #29). */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of GRAPHEMES.segment(text)) count += 1;
  return count;
}

/** The text, or its beginning and an ellipsis where it has more than `most` characters as a reader counts them. */
export function shorten(text: string, most: number): string {
  return lengthOf(text) <= most ? text : `${takeWhile(text, (count) => count < most)}…`;
}

/** The same for a system that counts UTF-16 code units: at most `units` of them, and no character is cut in two. */
export function fitUnits(text: string, units: number): string {
  return text.length <= units ? text : `${takeWhile(text, (_count, end) => end < units)}…`;
}

/** The longest run of whole characters from the start that fits: `fits` is asked with their number and their UTF-16 length. */
function takeWhile(text: string, fits: (count: number, end: number) => boolean): string {
  let count = 0;
  let kept = 0;
  for (const { segment } of GRAPHEMES.segment(text)) {
    const end = kept + segment.length;
    if (!fits(count + 1, end)) break;
    count += 1;
    kept = end;
  }
  return text.slice(0, kept);
}
