import type { JSONWebKeySet } from 'jose';
import { auditLine } from '../../contract/audit/chain';
import { checkSigned, isSignedText, readSigned, type SignedText } from '../../contract/audit/signature';
import { CERTIFICATE_TYPE } from '../../contract/removal/certificate';
import { checkCertificate, type CertificateFinding } from '../../contract/removal/check-certificate';
import { removalCertificateSchema, type RemovalCertificate } from '../../contract/schemas/tenants/certificate-schema';
import { checkTrail } from './check-trail';
import { differences } from './differences';

/** A certificate and what it is checked against. */
export interface CertificateToVerify {
  /** The value of the certificate's file. */
  document: unknown;
  /** Pointers to names that the file has more than once; see `duplicate-names.ts`. */
  repeated?: readonly string[];
  keys: JSONWebKeySet;
  /** Content of the tenant's exported audit trail. */
  trail?: Uint8Array | undefined;
}

/** The result of a check. */
export interface CertificateResult {
  verdict: 'valid' | 'not valid';
  /** What is signed; absent if it is not a certificate. */
  certificate?: RemovalCertificate;
  /** What was checked, as sentences. */
  checked: string[];
  findings: CertificateFinding[];
  /** Limits of this check. */
  notes: string[];
}

/** Checks a certificate offline. */
export async function verifyCertificate({
  document,
  repeated = [],
  keys,
  trail,
}: CertificateToVerify): Promise<CertificateResult> {
  const { certificate: copy, signed } = (document ?? {}) as { certificate?: unknown; signed?: unknown };
  if (!isSignedText(signed))
    return refused(
      '/signed',
      'The file is not a signed certificate: it has no JWS with payload, protected and signature in base64url.',
    );
  const content = attempt(() => readSigned(signed));
  const findings = [
    ...fileFindings(document, repeated),
    ...copyFindings(copy, content),
    ...(await signatureFindings(signed, content, keys)),
  ];
  const parsed = removalCertificateSchema.safeParse(content);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      findings.push({ problem: 'malformed', field: path.map((part) => `/${String(part)}`).join(''), message });
    return { verdict: 'not valid', checked: ['the signature', 'the form'], findings, notes: [] };
  }
  const certificate = parsed.data;
  findings.push(...checkCertificate(certificate));
  if (trail) findings.push(...(await checkTrail(trail, certificate, signed, keys)));
  return {
    verdict: findings.length > 0 ? 'not valid' : 'valid',
    certificate,
    checked: checkedOf(certificate, trail !== undefined),
    findings,
    notes: trail ? [] : ['No trail was given: it was not checked that the tenant’s audit trail says the same.'],
  };
}

/** A file has nothing beside the copy and the signed text, and nothing twice: a person might read what was not signed. */
function fileFindings(document: unknown, repeated: readonly string[]): CertificateFinding[] {
  const beside = Object.keys(document as object).filter((name) => name !== 'certificate' && name !== 'signed');
  return [
    ...beside.map((name) => ({ problem: 'altered' as const, field: `/${name}`, message: 'It is not signed.' })),
    ...repeated.map((field) => ({ problem: 'altered' as const, field, message: 'It is there more than once.' })),
  ];
}

/** The readable copy must be what is signed. */
function copyFindings(copy: unknown, content: unknown): CertificateFinding[] {
  return differences(copy, content).map((field) => ({
    problem: 'altered',
    field,
    message: 'It is not what was signed.',
  }));
}

async function signatureFindings(
  signed: SignedText,
  content: unknown,
  keys: JSONWebKeySet,
): Promise<CertificateFinding[]> {
  const invalid = (message: string): CertificateFinding[] => [{ problem: 'signature', field: '', message }];
  const canonical = Buffer.from(auditLine(content ?? {})).toString('base64url');
  if (canonical !== signed.payload) return invalid('The signed text is not canonical JSON, as every certificate is.');
  return checkSigned(signed, keys, CERTIFICATE_TYPE).then(
    () => [],
    () => invalid('None of the given keys has signed it as a certificate.'),
  );
}

function checkedOf({ accepted, audit, keys, resources, retained }: RemovalCertificate, trail: boolean): string[] {
  const answers = resources.reduce((sum, { asked }) => sum + asked.length, 0);
  return [
    'the readable copy against the signed text, and the signature against the given keys',
    `${resources.length} removed resources, with ${answers} answers of providers, all given after the removal`,
    `${keys.length} keys, each destroyed or scheduled for deletion`,
    'the order of all times',
    `${accepted.length} accepted leftovers, all named in the headline`,
    `${retained.length} things that stay, each with its reason`,
    ...(trail
      ? [`the audit trail: entry ${audit.sequence} is the one that is named, and the next names this certificate`]
      : []),
  ];
}

function refused(field: string, message: string): CertificateResult {
  return {
    verdict: 'not valid',
    checked: ['the form'],
    findings: [{ problem: 'malformed', field, message }],
    notes: [],
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
