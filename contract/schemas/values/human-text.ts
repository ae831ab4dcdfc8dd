import { z } from 'zod';
import { withoutJoiners } from '../../text/joiners';
import { lengthOf } from '../../text/text-length';

const MOST_CHARACTERS = 200;

/**
 * Characters that no name needs: controls, NUL, bidirectional and zero-width characters, private-use and unassigned ones, lone surrogates
 * (all of `C`), line and paragraph separators, invisible fillers. Joiners that a script requires are removed before this check.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Non-spacing marks pile up above and below a letter; four on one letter is the limit of UTS #39 §5.4. */
const MOST_STACKED = 4;

/** Scripts whose letters regularly carry more non-spacing marks. */
const TALL = /[\p{sc=Tibt}\p{sc=Lana}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Hebr}]/u;
const MOST_STACKED_TALL = 8;

/** Limit for marks of all kinds on one letter, well above any real syllable. */
const MOST_MARKS = 12;

/** What is wrong with a name for people to read, or undefined. Code that hands a name to a program escapes it there. */
function problemOf(text: string): string | undefined {
  if (text === '') return `Is empty. Give 1 to ${MOST_CHARACTERS} characters.`;
  if (INVISIBLE.test(withoutJoiners(text)))
    return 'Contains a control, invisible or unassigned character, which can make it read as something else. Remove it.';
  const characters = lengthOf(text);
  if (characters > MOST_CHARACTERS) return `Has ${characters} characters; shorten it to at most ${MOST_CHARACTERS}.`;
  if (isPiledUp(text)) return 'Has more accents on one letter than its script uses. Remove them.';
  if (!/[\p{L}\p{N}]/u.test(text)) return 'Must contain at least one letter or digit, so that people can read it.';
  return undefined;
}

function isPiledUp(text: string): boolean {
  for (const [, letter = '', marks = ''] of text.matchAll(/(\P{M}?)(\p{M}+)/gu)) {
    const stacked = marks.match(/[\p{Mn}\p{Me}]/gu)?.length ?? 0;
    const most = TALL.test(letter) ? MOST_STACKED_TALL : MOST_STACKED;
    if (stacked > most || [...marks].length > MOST_MARKS) return true;
  }
  return false;
}

interface HumanText {
  description: string;
  example: string;
  /** The empty text is allowed and means that there is no such name. */
  mayBeEmpty?: boolean;
}

/**
 * A name for people to read, 1–200 characters of any script, counted as a reader counts them. It is trimmed and normalized to Unicode NFC,
 * so that names that look equal compare as equal.
 */
export function humanText({ mayBeEmpty = false, ...about }: HumanText): z.ZodString {
  return z
    .string()
    .trim()
    .normalize('NFC')
    .superRefine((text, context) => {
      const message = mayBeEmpty && text === '' ? undefined : problemOf(text);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({
      ...about,
      description: `${about.description} At most ${MOST_CHARACTERS} characters as a reader counts them (grapheme clusters).`,
      ...(mayBeEmpty ? {} : { minLength: 1 }),
    });
}
