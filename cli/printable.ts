/** Replaces control characters, so that a forged file cannot control the terminal. */
export function printable(line: string): string {
  return line.replace(/\p{C}/gu, '\ufffd');
}
