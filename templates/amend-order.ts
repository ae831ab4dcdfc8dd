import canonicalize from 'canonicalize';
import { apply } from 'json-merge-patch';
import { FIELD_READERS, type Reader } from '../contract/amendable';
import type { Json, TenantProvisioningRequest } from '../contract/order';
import type { BodyViolation } from '../contract/schemas/parse-body';
import { parseOrder } from '../contract/schemas/order-schema';
import { STEP_LABELS } from '../contract/steps';
import { checkOrder } from './check-order';
import { valueAt } from './customize';
import type { ProvisioningTemplate } from './template';

/** An order that is to be corrected while its run waits. */
export interface Amendment {
  order: TenantProvisioningRequest;
  /** As it was kept with the operation. */
  template: ProvisioningTemplate;
  /** JSON Merge Patch, RFC 7396. */
  patch: Record<string, Json>;
  /** Tenants are reached below this domain, where it is known. */
  appDomain?: string | undefined;
  /** Whether somebody has worked from a field already. */
  hasRead(reader: Reader): boolean;
}

/** The amended order, or everything that keeps it from being one; the pointers lead into `{ patch }`. */
export type Amended = { ok: true; order: TenantProvisioningRequest } | { ok: false; violations: BodyViolation[] };

/**
 * Applies a patch to an order. The result is checked like any order, against the operation's own template, and differs only in fields that
 * nothing has been made of yet. The given order stays as it is.
 */
export function amendOrder({ order, template, patch, appDomain, hasRead }: Amendment): Amended {
  // Through JSON: fields that are absent and fields that are undefined are the same.
  const parsed = parseOrder(apply(JSON.parse(JSON.stringify(order)) as unknown, patch as unknown));
  if (!parsed.ok) return refused(parsed.violations);
  const changed = Object.keys(FIELD_READERS).filter(
    (pointer) => canonical(valueAt(order, pointer)) !== canonical(valueAt(parsed.order, pointer)),
  );
  if (changed.length === 0)
    return refused([{ pointer: '', message: 'Changes nothing of the order. Correct it, or ask for retry.' }]);
  const late = changed.flatMap((pointer) => {
    const message = tooLate(pointer, hasRead);
    return message === undefined ? [] : [{ pointer, message }];
  });
  if (late.length > 0) return refused(late);
  const violations = checkOrder(parsed.order, template, appDomain);
  return violations.length > 0 ? refused(violations) : { ok: true, order: parsed.order };
}

function tooLate(pointer: string, hasRead: Amendment['hasRead']): string | undefined {
  const readers = FIELD_READERS[pointer]!;
  if (readers === 'never') return 'Was fixed when the order was accepted. Order anew to change it.';
  const reader = readers.find(hasRead);
  return reader && `The step “${STEP_LABELS[reader.step]}” has worked from it already. Order anew to change it.`;
}

function refused(violations: BodyViolation[]): Amended {
  return {
    ok: false,
    violations: violations.map(({ pointer, message }) => ({ pointer: `/patch${pointer}`, message })),
  };
}

function canonical(value: unknown): string | undefined {
  return canonicalize(value);
}
