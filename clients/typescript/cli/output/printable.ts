/** Replaces control and text-direction characters, so that a name cannot control the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\ufffd');
}

/** JSON whose control and text-direction characters are escaped, which is the same JSON. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (char) =>
    [...Array(char.length).keys()].map((n) => `\\u${char.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''),
  );
}
