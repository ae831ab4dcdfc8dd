import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSsoProbe } from '../../../providers/sso/sso-probe';

const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

describe('the metadata of a SAML identity provider', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'saml-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  /** A certificate in base64 that is valid for these days; a negative number makes one that has expired. */
  function certificate(days: number): string {
    const [key, pem] = [path.join(dir, 'key.pem'), path.join(dir, 'certificate.pem')];
    const day = (offset: number) =>
      `${new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
    execFileSync('openssl', ['genrsa', '-out', key, '2048'], { stdio: 'ignore' });
    execFileSync('openssl', ['req', '-new', '-key', key, '-subj', '/CN=acme', '-out', `${pem}.csr`], {
      stdio: 'ignore',
    });
    const config = path.join(dir, 'ca');
    execFileSync('sh', [
      '-c',
      `rm -rf ${config} && mkdir ${config} && touch ${config}/index && echo 01 > ${config}/serial`,
    ]);
    execFileSync('sh', [
      '-c',
      `printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=${config}/index\\nserial=${config}/serial\\nnew_certs_dir=${config}\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' > ${config}/conf`,
    ]);
    const dates = ['-startdate', day(Math.min(days, 0) - 10), '-enddate', day(days)];
    const ca = [
      'ca',
      '-batch',
      '-selfsign',
      '-keyfile',
      key,
      '-in',
      `${pem}.csr`,
      '-out',
      pem,
      '-config',
      `${config}/conf`,
    ];
    execFileSync('openssl', [...ca, ...dates], { stdio: 'ignore' });
    return /-----BEGIN CERTIFICATE-----([^-]+)/.exec(readFileSync(pem, 'utf8'))![1]!.trim();
  }
  const key = (text: string, use = 'use="signing"') =>
    `<md:KeyDescriptor ${use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  const service = (binding: string, location: string) =>
    `<md:SingleSignOnService Binding="${binding}" Location="${location}"/>`;
  const metadata = (inside: string) =>
    `<?xml version="1.0"?><md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://acme.example/idp"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${inside}</md:IDPSSODescriptor></md:EntityDescriptor>`;
  const read = (xml: string) =>
    createSsoProbe({ internalNetworks: [] }).readMetadata({ metadata: xml }, AbortSignal.timeout(10_000));
  const wrong = async (xml: string) =>
    (await read(xml)).findings
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ message }) => message)
      .join();

  const good = certificate(30);
  const old = certificate(-5);
  const both = service(REDIRECT, 'https://acme.example/r') + service(POST, 'https://acme.example/p?a=1&amp;b=2');

  test('give the entity, the service that takes posts, and the certificates without spaces', async () => {
    const { saml, findings } = await read(metadata(key(good) + both));
    expect(saml).toEqual({
      entityId: 'https://acme.example/idp',
      signOnUrl: 'https://acme.example/p?a=1&b=2',
      binding: 'post',
      certificates: [good.replaceAll(/\s/g, '')],
    });
    expect(findings.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      'metadata passed',
      'certificate passed',
    ]);
  });

  test('with a redirect only, and a key for everything, can be used', async () => {
    const { saml } = await read(metadata(key(good, '') + service(REDIRECT, 'https://acme.example/r')));
    expect(saml).toMatchObject({ binding: 'redirect', signOnUrl: 'https://acme.example/r' });
  });

  test('with an expired certificate beside a valid one keep the valid one; with nothing else they say when it expired', async () => {
    const { saml } = await read(metadata(key(old) + key(good) + both));
    expect(saml!.certificates).toEqual([good.replaceAll(/\s/g, '')]);
    expect(await wrong(metadata(key(old) + both))).toMatch(/expired on 20\d\d-\d\d-\d\d/);
  });

  test.each([
    ['are no XML', 'metadata', 'not well-formed'],
    ['define entities', `<!DOCTYPE a [<!ENTITY x "y">]>${metadata('')}`, 'document type'],
    [
      'describe a service provider',
      '<EntityDescriptor entityID="x"><SPSSODescriptor/></EntityDescriptor>',
      'no identity provider',
    ],
    ['describe a federation', '<EntitiesDescriptor><EntityDescriptor/></EntitiesDescriptor>', 'several entities'],
    ['have no service', metadata(''), 'no sign-on service'],
    ['have a file as a service', metadata(service(POST, 'file:///etc/passwd')), 'no sign-on service'],
    ['have no certificate', metadata(both), 'no certificate'],
    ['have a certificate that is none', metadata(key('AAAA') + both), 'no certificate'],
  ])('that %s are described in words', async (_, xml, words) => {
    expect(await wrong(xml)).toContain(words);
  });

  test('at an address that is not public are not fetched', async () => {
    const probe = createSsoProbe({ internalNetworks: [] });
    const { saml, findings } = await probe.readMetadata(
      { metadataUrl: 'https://127.0.0.1/' },
      AbortSignal.timeout(10_000),
    );
    expect(saml).toBeUndefined();
    expect(findings[0]!.message).toContain('not public');
  });
});
