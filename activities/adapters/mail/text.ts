import { onOneLine } from '../../../contract/joiners';
import { shorten } from '../../../contract/text-length';

/**
 * Somebody's text made safe to stand inside a line of ours: control, format (bidi, zero-width) and line-breaking characters become one
 * blank, so it can neither start a header nor a paragraph, nor turn the reading direction. Joiners that a script needs stay.
 */
export const oneLine = onOneLine;

/** A customer's text in a mail to people we do not know: one line, at most 200 characters, and nothing that mail programs make clickable. */
export function quoted(text: string): string {
  return unlinked(shorten(oneLine(text), 200));
}

/** U+2024 looks like a full stop; no mail program takes what is around it for a host name or an IP address. */
const ONE_DOT_LEADER = '\u2024';

/** U+034F is invisible and, unlike a zero-width space, no format character, which {@link oneLine} would take out. */
const INVISIBLE = '\u034F';

/**
 * Text in which mail programs find no link. They look for schemes, for host names and IP addresses by their dots, for e-mail addresses and for
 * telephone numbers. Zero-width characters in a host name would not do: some programs link across them, and browsers then ignore them.
 */
export function unlinked(text: string): string {
  return text
    .replace(/([a-z][a-z\d+.-]*:)(?=\S)/giu, '$1 ')
    .replace(/(?<=\S)[.\uFF0E\uFF61](?=\S)/gu, ONE_DOT_LEADER)
    .replace(/(?<=\S)\u3002(?=\S)/gu, '\u3002 ')
    .replaceAll('@', '\uFF20')
    .replace(/\d(?:[\s()./-]*\d){5,}/gu, (number) => number.replace(/\d\D*\d/gu, `$&${INVISIBLE}`));
}

/** Text with everything that looks like an e-mail address taken out, for mails to operators. */
export function withoutAddresses(text: string): string {
  return text.replace(/[^\s<>(),;:"]+@[^\s<>()"',;:]+\.[^\s<>()"',;:]+/gu, '[address]');
}

/** Text as HTML text or attribute value. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One argument of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A moment for people anywhere, for instance `24 November 2026 at 09:30 UTC`. */
export function utc(date: Date): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  return `${oneLine(format.format(date))} UTC`;
}
