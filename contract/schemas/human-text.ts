import { z } from 'zod';

const MOST_CHARACTERS = 120;

/**
 * Characters no name needs: controls, NUL, bidirectional and zero-width characters, private-use and unassigned ones, lone surrogates
 * (all of `C`), line and paragraph separators, fillers that show nothing.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Characters that are code rather than part of a name, wherever a name may end up: SQL, HTML, shells, templates, paths. */
const CODE = /[;<>=\\`{}[\]|^~$"]|--|\/\*|\.\.\/|^\/|%[0-9a-f]{2}/i;

/** Taller stacks of accents than any script uses only serve to cover the text around them. */
const STACKED_MARKS = /\p{M}{5}/u;

/** What is wrong with a name a person reads, or undefined. */
function problemOf(text: string): string | undefined {
  if (INVISIBLE.test(text))
    return 'Contains a control, invisible or unassigned character, which can make it read as something else. Remove it.';
  const characters = [...text].length;
  if (characters === 0) return 'Is empty. Give 1 to 120 characters.';
  if (characters > MOST_CHARACTERS) return `Has ${characters} characters; shorten it to at most ${MOST_CHARACTERS}.`;
  if (CODE.test(text))
    return 'Contains characters that are code, not part of a name (; < > = \\ ` { } [ ] | ^ ~ $ " -- ../ and the like). Leave them out.';
  if (STACKED_MARKS.test(text)) return 'Has more accents on one letter than any script uses. Remove them.';
  if (!/[\p{L}\p{N}]/u.test(text)) return 'Must contain at least one letter or digit, so that people can read it.';
  return undefined;
}

/** A name a person reads, 1–120 characters of any script. It is trimmed and brought to Unicode form NFC, so equal names are equal. */
export function humanText(about: { description: string; example: string }): z.ZodString {
  return z
    .string()
    .trim()
    .normalize('NFC')
    .superRefine((text, context) => {
      const message = problemOf(text);
      if (message) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...about, minLength: 1, maxLength: MOST_CHARACTERS });
}
