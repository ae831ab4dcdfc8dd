import { X509Certificate } from 'node:crypto';
import { parseXML } from '@aws-sdk/xml-builder';
import type { SamlProvider } from '../../contract/identity/sso';
import type { Network } from '../../contract/webhooks/addresses';
import type { SsoFinding, SsoProbe } from '../port/sso-probe';
import { requestText } from './checked-request';
import { failedAt, passedAt } from './findings';

const BINDINGS = {
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
} as const;

type Read = { saml?: SamlProvider; findings: SsoFinding[] };

/**
 * Reads the metadata of SAML identity providers. Their signatures are not checked: the person who configures single sign-on vouches for them.
 * Source: Metadata for the OASIS Security Assertion Markup Language (SAML) V2.0, §2.4.
 */
export function samlProbe(internal: readonly Network[]): Pick<SsoProbe, 'readMetadata'> {
  return {
    readMetadata: async (of, signal) => {
      if ('metadata' in of) return read(of.metadata);
      const answer = await requestText(of.metadataUrl, { internal }, signal);
      if ('problem' in answer) return wrong(`The metadata URL is not reachable: ${answer.problem}`);
      if (answer.status !== 200)
        return wrong(`The metadata URL answers ${answer.status}. Correct it, or paste the metadata.`);
      return answer.text === undefined
        ? wrong('The metadata are longer than 512 KB. Paste only this identity provider’s.')
        : read(answer.text);
    },
  };
}

function read(xml: string): Read {
  const descriptor = descriptorOf(xml);
  if (typeof descriptor === 'string') return wrong(descriptor);
  const { entityId, provider } = descriptor;
  const service = serviceOf(provider);
  if (!service)
    return wrong('The metadata name no sign-on service with an http(s) URL for HTTP-POST or HTTP-Redirect.');
  const metadata = passedAt('metadata', 'The metadata were read.');
  const { valid, message } = certificatesOf(provider);
  if (valid.length === 0) return { findings: [metadata, failedAt('certificate', message)] };
  return {
    saml: { entityId, ...service, certificates: valid },
    findings: [metadata, passedAt('certificate', message)],
  };
}

/** An element: its attributes and children by their names without prefixes; a list where several have one name. */
type Element = Record<string, unknown>;

function descriptorOf(xml: string): { entityId: string; provider: Element } | string {
  // A document type could define entities; metadata have none.
  if (/<!DOCTYPE/i.test(xml)) return 'The metadata have a document type, which SAML metadata do not need. Remove it.';
  let document: Element;
  try {
    document = withoutPrefixes(parseXML(xml)) as Element;
  } catch {
    return 'The metadata are not well-formed XML.';
  }
  if (document['EntitiesDescriptor'] !== undefined)
    return 'The metadata describe several entities. Paste only the EntityDescriptor of the company’s identity provider.';
  const entity = elementsIn(document, 'EntityDescriptor')[0];
  const entityId = entity?.['entityID'];
  const provider = entity && elementsIn(entity, 'IDPSSODescriptor')[0];
  if (typeof entityId !== 'string' || !provider)
    return 'The metadata describe no identity provider (an EntityDescriptor with an IDPSSODescriptor).';
  return { entityId, provider };
}

function serviceOf(provider: Element): Pick<SamlProvider, 'signOnUrl' | 'binding'> | undefined {
  const services = elementsIn(provider, 'SingleSignOnService');
  for (const [binding, name] of Object.entries(BINDINGS) as [SamlProvider['binding'], string][]) {
    const url = services.find((service) => service['Binding'] === name)?.['Location'];
    if (typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))
      return { signOnUrl: url, binding };
  }
  return undefined;
}

function certificatesOf(provider: Element): { valid: string[]; message: string } {
  const now = new Date();
  const texts = elementsIn(provider, 'KeyDescriptor')
    .filter(({ use }) => use === undefined || use === 'signing')
    .flatMap((key) => elementsIn(key, 'KeyInfo'))
    .flatMap((info) => elementsIn(info, 'X509Data'))
    .flatMap(({ X509Certificate: certificate }) => [certificate].flat())
    .filter((text): text is string => typeof text === 'string')
    .map((text) => text.replaceAll(/\s/g, ''));
  const read = texts.flatMap((text) => {
    try {
      return [{ text, until: new Date(new X509Certificate(Buffer.from(text, 'base64')).validTo) }];
    } catch {
      return [];
    }
  });
  if (read.length === 0) return { valid: [], message: 'The metadata have no certificate for signatures.' };
  const valid = read.filter(({ until }) => until > now);
  const latest = new Date(Math.max(...read.map(({ until }) => until.getTime()))).toISOString().slice(0, 10);
  return {
    valid: valid.map(({ text }) => text),
    message:
      valid.length === 0
        ? `The certificate for signatures expired on ${latest}. Renew it at the identity provider, then read its metadata again.`
        : `The certificate for signatures is valid until ${latest}.`,
  };
}

/** The child elements of this name. A child that only holds a text is none. */
function elementsIn(element: Element, name: string): Element[] {
  return [element[name]].flat().filter((child): child is Element => typeof child === 'object' && child !== null);
}

function withoutPrefixes(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPrefixes);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([name]) => !/^xmlns(?::|$)/.test(name));
  return Object.fromEntries(
    entries.map(([name, child]) => [name.slice(name.indexOf(':') + 1), withoutPrefixes(child)]),
  );
}

function wrong(message: string): Read {
  return { findings: [failedAt('metadata', message)] };
}
