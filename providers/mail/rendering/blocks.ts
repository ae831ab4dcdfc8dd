/** A part of a mail, written once and rendered as plain text and as HTML. */
export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'facts'; rows: [label: string, value: string][] }
  | { kind: 'list'; items: string[] }
  /** Shown verbatim, for copying. */
  | { kind: 'code'; text: string }
  /** A value to copy, on a line of its own. */
  | { kind: 'value'; label: string; value: string }
  | { kind: 'link'; label: string; url: string }
  /** Why the reader gets the mail; less prominent than the rest. */
  | { kind: 'footer'; text: string };

/** The language of a mail. */
export interface Language {
  /** BCP 47, for programs that read the mail aloud or translate it. */
  tag: string;
  direction: 'ltr' | 'rtl';
}

/** The URL in its canonical form. */
export function webAddress(url: string): string {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new Error(`A mail links to ${protocol}; only http(s) is allowed.`);
  return href;
}
