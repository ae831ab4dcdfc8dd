import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { jsonPointer } from '../contract/schemas/json-pointer';
import { templateSchema } from './template-schema';
import type { ProvisioningTemplate } from './template';

/** A template as canonical JSON (RFC 8785): the same template is the same text. */
export function serializeTemplate(template: ProvisioningTemplate): string {
  return canonicalize(template)!;
}

/**
 * A template from plain JSON – a YAML file, or what was kept with an operation – checked on the way in. The value is copied.
 * Throws with the path and reason of everything that is wrong.
 */
export function parseTemplate(json: unknown): ProvisioningTemplate {
  const parsed = templateSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(
    parsed.error.issues.map((issue) => `at ${jsonPointer(issue.path) || 'the top'}: ${issue.message}`).join('\n'),
  );
}

/** SHA-256 of {@link serializeTemplate}, hexadecimal: tells two versions with one number apart. */
export function templateFingerprint(template: ProvisioningTemplate): string {
  return createHash('sha256').update(serializeTemplate(template)).digest('hex');
}
