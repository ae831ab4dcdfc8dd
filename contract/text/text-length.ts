/** The product measures and cuts text for people in characters as a reader sees them. */
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Number of characters of a text as a reader counts them (grapheme clusters, UAX #29). */
export function lengthOf(text: string): number {
  let count = 0;
  for (const _ of GRAPHEMES.segment(text)) count += 1;
  return count;
}

/** The text, cut to at most `most` characters as a reader counts them, with an ellipsis as the last one if it was cut. */
export function shorten(text: string, most: number): string {
  return lengthOf(text) <= most ? text : `${takeWhile(text, (count) => count < most)}…`;
}

/** Like {@link shorten}, for systems that count UTF-16 code units: at most `units` of them, without cutting a character in two. */
export function fitUnits(text: string, units: number): string {
  return text.length <= units ? text : `${takeWhile(text, (_count, end) => end < units)}…`;
}

/** The longest prefix of whole characters that fits. `fits` receives their number and their UTF-16 length. */
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
