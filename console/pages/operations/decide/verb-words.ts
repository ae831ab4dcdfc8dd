/** Verbs of the API whose names people do not use. */
const WORDS: Readonly<Record<string, string>> = {
  accept: 'accept leftovers',
  amend: 'amend and retry',
  cancel: 'cancel the operation',
  compensate: 'undo everything',
};

/** A verb of the API as the page's buttons mean it: "undo everything" of `compensate`. */
export function verbWords(verb: string): string {
  return Object.hasOwn(WORDS, verb) ? WORDS[verb]! : verb;
}
