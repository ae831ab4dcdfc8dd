/** Words that name a secret, alone or joined with the word before them (`api key`, `privateKey`). */
const SECRET_NOUN =
  /(?:password|passwd|passphrase|passcode|pwd|secret|token|credential|apikey|secretkey|accesskey|privatekey|signingkey|encryptionkey|masterkey|accountkey|connectionstring)s?$/;

/** Words after such a noun that still name a secret: `passwordHash`, `clientSecretValue`. Before any other word it is only mentioned. */
const FORM_WORDS = new Set('base64 decoded encoded encrypted hash plain plaintext raw string text value'.split(' '));

/** Words before such a noun that turn it into a rule or a count: `maxTokens`, `requiredPassword`. */
const POLICY_WORDS = new Set(
  'allow allowed count daily enable enabled free has limit max maximum min minimum monthly number remaining require required total used'.split(
    ' ',
  ),
);

/** `tokens` means many things; after one of these words it means credentials. */
const CREDENTIAL_WORDS = new Set(
  'access api app application auth authentication authorization bearer bot client csrf id identity jwt oauth personal private refresh secret security service session user'.split(
    ' ',
  ),
);

/** Whether a key names a secret, rather than a fact about one (`tokenEndpoint`, `passwordMinLength`) or something else (`designTokens`). */
export function isSecretKey(key: string): boolean {
  const words = wordsOf(key);
  while (words.length > 1 && FORM_WORDS.has(words.at(-1)!) && !isSecretNoun(words, words.length - 1)) words.pop();
  if (/accesskeyid$/.test(words.join(''))) return true;
  const noun = words.at(-1) ?? '';
  if (!isSecretNoun(words, words.length - 1)) return false;
  if (noun === 'tokens') return words.length === 1 || CREDENTIAL_WORDS.has(words.at(-2)!);
  return !POLICY_WORDS.has(words[0]!);
}

/** Whether a key contains a word for a secret, even if it only names a fact about one. */
export function mentionsSecret(key: string): boolean {
  const words = wordsOf(key);
  return words.some((_, index) => isSecretNoun(words, index));
}

function wordsOf(key: string): string[] {
  return (key.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+(?:64)?/g) ?? []).map((word) => word.toLowerCase());
}

function isSecretNoun(words: readonly string[], index: number): boolean {
  const word = words[index] ?? '';
  return SECRET_NOUN.test(word) || SECRET_NOUN.test((words[index - 1] ?? '') + word);
}

/** Formats that only credentials have, with the alphabets and lengths of their issuers. */
const SECRET_VALUE = [
  // Private keys: PEM (RFC 7468), PGP, age.
  /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/,
  /\bAGE-SECRET-KEY-1[A-Z0-9]{58}\b/,
  // JSON Web Tokens
  /\beyJ[\w-]{5,2000}\.eyJ[\w-]{5,8000}\./,
  // Stripe, Square, Shopify, Twilio, SendGrid, Mailgun
  /\b(?:sk|rk)_(?:live|test|prod)_(?=[A-Za-z]{0,99}\d)[A-Za-z0-9]{10}/,
  /\bwhsec_(?=[A-Za-z+/]{0,99}\d)[A-Za-z0-9+/]{10}/,
  /\b(?:sq0csp-|sq0atp-|EAAA)[\w-]{22,60}\b/,
  /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/,
  /\bSK[0-9a-f]{32}\b/,
  /\bSG\.[\w-]{16,64}\.[\w-]{16}/,
  /\bkey-[0-9a-f]{32}\b/,
  // AWS, Google, Azure, DigitalOcean, HashiCorp Vault
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/,
  /\bAIza[\w-]{35}/,
  /\bya29\.[\w-]{30}/,
  /\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40}/,
  /\bdo[opr]_v1_[a-f0-9]{64}\b/,
  /\bhv[sb]\.[\w-]{24}/,
  // GitHub, GitLab, npm, PyPI, Slack, Hugging Face
  /\bgh[oprsu]_[A-Za-z0-9]{30}/,
  /\bgithub_pat_[A-Za-z0-9]{20}/,
  /\bglpat-(?=[A-Za-z_-]{0,20}\d)[\w-]{20}/,
  /\bnpm_[A-Za-z0-9]{36}/,
  /\bpypi-AgEIcHlwaS5vcmc[\w-]{20}/,
  /\bxox[a-z]-(?:\d{1,2}-)?\d{8}/,
  /\bxapp-\d-[A-Z0-9]{8,20}-\d{8}/,
  /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{20}/,
  /\bhf_[A-Za-z]{34}\b/,
  // OpenAI, Anthropic and services with similar keys
  /\bsk-[A-Za-z0-9]{32}/,
  /\bsk-[\w-]{10,100}T3BlbkFJ[\w-]{10}/,
  /\bsk-ant-[a-z]{2,8}\d\d-[\w-]{40}/,
  /\bsk-(?:or-v1|lf|proj|svcacct)-(?=[A-Za-z_-]{0,40}\d)[\w-]{32}/,
  // this product
  /\b(?:ak|tp)_[0-9a-f]{8}_[\w-]{43}/,
  // URLs with a password, HTTP credentials
  /:\/\/[^\s/:@]{1,256}:[^\s/@]{1,256}@/,
  /\bBearer\s{1,10}(?=[A-Za-z._~+/-]{0,200}\d)[A-Za-z0-9._~+/-]{16}/i,
];

/** Whether a text contains something in the format of a credential. */
export function isSecretValue(text: string): boolean {
  return SECRET_VALUE.some((form) => form.test(text)) || hasBasicCredentials(text);
}

/** Detects `Basic` followed by the Base64 of a user name, a colon and a password (RFC 7617). */
function hasBasicCredentials(text: string): boolean {
  return [...text.matchAll(/\bBasic\s{1,10}([A-Za-z0-9+/]{4,400}={0,2})/gi)].some(([, encoded]) =>
    /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(encoded!, 'base64').toString('latin1')),
  );
}

/** Whether a text looks generated rather than written by a person: one word of mixed letters and digits, or a long hexadecimal number. */
export function looksRandom(text: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(text)) return true;
  return /^[\w+/=.~-]{12,}$/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}
