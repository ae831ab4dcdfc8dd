/** Words that name a secret, alone or joined with the word before (`api key`, `privateKey`). */
const SECRET_NOUN =
  /(?:password|passwd|passphrase|passcode|pwd|secret|token|credential|apikey|accesskey|privatekey|signingkey|encryptionkey|masterkey|accountkey|connectionstring)s?$/;

/** Words that make a key speak *about* a secret: `passwordMinLength`, `tokenExpiryMinutes`, `maxTokens`. */
const POLICY_WORD = new Set(
  `age allowed attempts characters complexity count days enabled expiration expires expiry hours length lifetime limit max min minimum
  maximum minutes months number policy required requirement rotation seconds strength ttl weeks years`.split(/\s+/),
);

/** Forms that only credentials have: PEM blocks, JSON Web Tokens, keys of well-known providers, URLs with a password, HTTP credentials. */
const SECRET_VALUE = [
  /-----BEGIN (?!CERTIFICATE|PUBLIC KEY)[A-Z0-9 ]+-----/,
  /\beyJ[\w-]{5,2000}\.eyJ[\w-]{5,8000}\./,
  /\b(?:sk|rk|pk)_(?:live|test)_\w{8}/,
  /\bwhsec_\w{8}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bxox[a-z]-[\w-]{8}/,
  /\b(?:gh[a-z]_\w{20}|github_pat_\w{20}|glpat-[\w-]{20}|npm_\w{36})/,
  /\bAIza[\w-]{35}/,
  /\bSG\.[\w-]{16,64}\.[\w-]{16}/,
  /\bhvs\.[\w-]{20}/,
  /\bsk-[A-Za-z0-9_-]{20}/,
  /:\/\/[^\s/:@]{1,256}:[^\s/@]{1,256}@/,
  /^(?:Bearer|Basic)\s+\S{8}/i,
];

/** Whether a key names a secret rather than a rule about secrets. */
export function isSecretKey(key: string): boolean {
  const words = (key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
  const named = words.some(
    (word, index) => SECRET_NOUN.test(word) || SECRET_NOUN.test((words[index - 1] ?? '') + word),
  );
  return named && !POLICY_WORD.has(words[0]!) && !POLICY_WORD.has(words.at(-1)!);
}

/** Whether a text has the form of a credential. */
export function isSecretValue(text: string): boolean {
  return SECRET_VALUE.some((form) => form.test(text));
}
