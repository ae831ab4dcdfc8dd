/** Stands for a payload that could not be decoded, so that the receiving workflow can refuse it and continue. */
export class Unreadable {
  constructor(
    /** The reason as a sentence. */
    readonly why: string,
    /** True when the payload becomes readable once the missing key is put back. */
    readonly keyMissing: boolean,
  ) {}
}
