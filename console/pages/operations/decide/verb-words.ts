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

/** A text of the API whose verbs are not code but words: on this page they are buttons. */
export function withPlainVerbs(text: string): string {
  return text.replaceAll(/`(accept|amend|cancel|compensate|retry|skip)`/g, '$1');
}
