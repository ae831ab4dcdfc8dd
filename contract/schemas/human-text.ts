import { z } from 'zod';
import { withoutJoiners } from '../joiners';
import { lengthOf } from '../text-length';

const MOST_CHARACTERS = 200;

/**
 * Characters no name needs: controls, NUL, bidirectional and zero-width characters, private-use and unassigned ones, lone surrogates
 * (all of `C`), line and paragraph separators, fillers that show nothing. The joiners that a script asks for are not looked at.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Marks that take no room of their own pile up above and below a letter: on most letters four at most (UTS #39 §5.4). */
const MOST_STACKED = 4;

/** Letters of these scripts carry more, as a rule of the script. */
const TALL = /[\p{sc=Tibt}\p{sc=Lana}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Hebr}]/u;
const MOST_STACKED_TALL = 8;

/** Marks of all kinds on one letter; no syllable of any script comes near. */
const MOST_MARKS = 12;

/** What is wrong with a name a person reads, or undefined. What it may mean to a program is for each place that hands it out to escape. */
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
  /** Says that there is none. */
  mayBeEmpty?: boolean;
}

/**
 * A name a person reads, 1–200 characters of any script, counted as a reader counts them. It is trimmed and brought to Unicode form NFC, so
 * equal names are equal.
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
