import type { SsoFinding } from '../port/sso-probe';

/** A look that found nothing wrong. */
export function passedAt(check: SsoFinding['check'], message: string): SsoFinding {
  return { check, outcome: 'passed', message };
}

/** A look that found something wrong. */
export function failedAt(check: SsoFinding['check'], message: string): SsoFinding {
  return { check, outcome: 'failed', message };
}
