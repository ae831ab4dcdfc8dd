/** Stands for a payload that could not be decoded, so that whoever receives it can refuse it and go on. */
export class Unreadable {
  constructor(
    /** In words. */
    readonly why: string,
    /** The payload can be read once a key is put back. */
    readonly keyMissing: boolean,
  ) {}
}
