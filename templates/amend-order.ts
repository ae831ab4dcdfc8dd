import canonicalize from 'canonicalize';
import { apply } from 'json-merge-patch';
import { FIELD_READERS, type Reader } from '../contract/orders/amendable';
import type { Json, TenantProvisioningRequest } from '../contract/orders/order';
import type { BodyViolation } from '../contract/schemas/parse-body';
import { parseOrder } from '../contract/schemas/order-schema';
import { stepRule } from '../contract/operations/kinds';
import { checkOrder } from './check-order';
import { valueAt } from './customize';
import type { ProvisioningTemplate } from './template';

/** A correction of an order while its run is on hold. */
export interface Amendment {
  order: TenantProvisioningRequest;
  /** The template stored with the operation. */
  template: ProvisioningTemplate;
  /** JSON Merge Patch, RFC 7396. */
  patch: Record<string, Json>;
  /** The domain below which tenants are reached, if it is known. */
  appDomain?: string | undefined;
  /** Whether a step has already used the field. */
  hasRead(reader: Reader): boolean;
}

/** The amended order, or the errors of the amendment with pointers into `{ patch }`. */
export type Amended = { ok: true; order: TenantProvisioningRequest } | { ok: false; violations: BodyViolation[] };

/**
 * Applies a patch to an order. The result is checked like any order, against the operation's own template, and may differ only in fields
 * that no step has used yet. The given order is not changed.
 */
export function amendOrder({ order, template, patch, appDomain, hasRead }: Amendment): Amended {
  // The round trip through JSON removes undefined fields, so that they count as absent.
  const parsed = parseOrder(apply(JSON.parse(JSON.stringify(order)) as unknown, patch as unknown));
  if (!parsed.ok) return refused(parsed.violations);
  const changed = Object.keys(FIELD_READERS).filter(
    (pointer) => canonical(valueAt(order, pointer)) !== canonical(valueAt(parsed.order, pointer)),
  );
  if (changed.length === 0)
    return refused([{ pointer: '', message: 'Changes nothing in the order. Correct the patch, or use retry.' }]);
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
  if (readers === 'never') return 'Was fixed when the order was accepted. Place a new order to change it.';
  const reader = readers.find(hasRead);
  return (
    reader &&
    `The step “${stepRule('provision', reader.step).label}” has already used it. Place a new order to change it.`
  );
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
