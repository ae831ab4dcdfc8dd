/** Neither PostgreSQL nor JSON in it stores a NUL or half a surrogate pair; other control and text-direction characters deceive readers. */
const UNWANTED = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u;

/** Longest comment or reason a run takes, in UTF-16 units. The API, which counts what a reader sees, allows less. */
export const LONGEST_TEXT = 64 * 1024;

/** Whether a text can be stored as it is and shown to people. */
export function isPlainText(text: string): boolean {
  return !UNWANTED.test(text);
}

/** The text as PostgreSQL stores it, with a replacement character where it could not. For words of others, which must not fail a record. */
export function storable(text: string): string {
  return text.replaceAll(/\0|\p{Cs}/gu, '\ufffd');
}
