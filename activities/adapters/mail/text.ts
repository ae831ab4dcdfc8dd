import { onOneLine } from '../../../contract/joiners';
import { shorten } from '../../../contract/text-length';

/**
 * Somebody's text made safe to stand inside a line of ours: control, format (bidi, zero-width) and line-breaking characters become one
 * blank, so it can neither start a header nor a paragraph, nor turn the reading direction. Joiners that a script needs stay.
 */
export const oneLine = onOneLine;

/** A customer's text in a mail to people we do not know: one line, at most 200 characters, and no link that mail programs make clickable. */
export function quoted(text: string): string {
  return shorten(oneLine(text).replaceAll('://', ': //'), 200);
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
