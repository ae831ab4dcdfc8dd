import { onOneLine } from '../../contract/text/joiners';
import { shorten } from '../../contract/text/text-length';

/**
 * Makes foreign text safe inside a line of ours. Control, format (bidi, zero-width) and line-breaking characters become a single space, so
 * the text cannot start a header or a paragraph, nor change the reading direction. Joiners that a script needs stay.
 */
export const oneLine = onOneLine;

/** A customer's text for a mail: one line of at most 200 characters, with nothing that mail programs make clickable. */
export function quoted(text: string): string {
  return unlinked(shorten(oneLine(text), 200));
}

/** Private-use characters around a text whose reading direction must not affect its surroundings. No foreign text can have them. */
const ISOLATED = /\uE000([^\uE000\uE001]*)\uE001/gu;

/** {@link quoted}, marked for {@link withIsolated}: a name in Arabic inside a German sentence leaves the sentence in order. */
export function isolated(text: string): string {
  return `\uE000${quoted(text)}\uE001`;
}

/** Puts text on one line, passing what is {@link isolated} through `foreign` and the rest through `own`. */
export function withIsolated(text: string, own: (text: string) => string, foreign: (text: string) => string): string {
  const found: string[] = [];
  // U+FFFC stands for each isolated text meanwhile, because `oneLine` would remove the marks.
  const line = oneLine(
    text.replaceAll('\uFFFC', '').replace(ISOLATED, (_, inner: string) => {
      found.push(inner);
      return '\uFFFC';
    }),
  );
  return line
    .split('\uFFFC')
    .map((part, index) => `${own(part)}${index < found.length ? foreign(found[index]!) : ''}`)
    .join('');
}

/** U+2024 looks like a full stop, but no mail program takes the text around it for a host name or an IP address. */
const ONE_DOT_LEADER = '\u2024';

/** U+034F is invisible. Unlike a zero-width space it is not a format character, so {@link oneLine} keeps it. */
const INVISIBLE = '\u034F';

/**
 * Rewrites text so that mail programs find no link in it. They look for schemes, for the dots of host names and IP addresses, for e-mail
 * addresses and for telephone numbers. Zero-width characters would not help: some programs link across them, and browsers then ignore them.
 */
export function unlinked(text: string): string {
  return text
    .replace(/([a-z][a-z\d+.-]*:)(?=\S)/giu, '$1 ')
    .replace(/(?<=\S)[.\uFF0E\uFF61](?=\S)/gu, ONE_DOT_LEADER)
    .replace(/(?<=\S)\u3002(?=\S)/gu, '\u3002 ')
    .replaceAll('@', '\uFF20')
    .replace(/\d(?:[\s()./-]*\d){5,}/gu, (number) => number.replace(/\d\D*\d/gu, `$&${INVISIBLE}`));
}

/** Text with everything that looks like an e-mail address replaced, for mails to operators and approvers. */
export function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>(),;:"]+@[^\s<>()"',;:]+\.[^\s<>()"',;:]+/gu, '[address]');
}

/** Escapes text for HTML, as content or as an attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Quotes text as one argument for a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A date and time that readers in any time zone understand, such as `24 November 2026 at 09:30 UTC`. */
export function utc(date: Date): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${oneLine(format.format(date))} UTC`;
}
