/** PostgreSQL cannot store NUL or half a surrogate pair, not even in JSON; other control and text-direction characters deceive readers. */
const UNWANTED = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u;

/** Longest comment or reason that a run accepts, in UTF-16 units. The API counts characters as a reader sees them and allows fewer. */
export const LONGEST_TEXT = 64 * 1024;

/** Whether a text can be stored unchanged and shown to people. */
export function isPlainText(text: string): boolean {
  return !UNWANTED.test(text);
}

/** The text with replacement characters for what PostgreSQL cannot store, so that text from outside never makes a write fail. */
export function storable(text: string): string {
  return text.replaceAll(/\0|\p{Cs}/gu, '\ufffd');
}
