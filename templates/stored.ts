import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { jsonPointer } from '../contract/schemas/values/json-pointer';
import { templateSchema } from './template-schema';
import type { ProvisioningTemplate } from './template';

/** A template as canonical JSON (RFC 8785), so that equal templates give equal texts. */
export function serializeTemplate(template: ProvisioningTemplate): string {
  return canonicalize(template)!;
}

/**
 * Parses and validates a template from plain JSON: the content of a YAML file, or the JSON stored with an operation. The value is copied.
 * The error has the path and the reason of everything that is wrong.
 */
export function parseTemplate(json: unknown): ProvisioningTemplate {
  const parsed = templateSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(
    parsed.error.issues.map((issue) => `at ${jsonPointer(issue.path) || 'the top'}: ${issue.message}`).join('\n'),
  );
}

/** SHA-256 of {@link serializeTemplate}, hexadecimal. It distinguishes different templates with the same version number. */
export function templateFingerprint(template: ProvisioningTemplate): string {
  return createHash('sha256').update(serializeTemplate(template)).digest('hex');
}
