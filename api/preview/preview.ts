import type { TenantProvisioningRequest } from '../../contract/orders/order';
import { stepRule, stepsOf } from '../../contract/operations/kinds';
import { parseOrder } from '../../contract/schemas/order-schema';
import { PREVIEW_PARTS, type OrderPreview } from '../../contract/schemas/preview-schema';
import type { RegionChoice } from '../../registry/capacity/choose-region';
import { findHeld } from '../../registry/tenants/tenants';
import { approvalsNeeded, type Violation } from '../../templates/check-order';
import { customizeTemplate } from '../../templates/customize';
import type { ProvisioningTemplate } from '../../templates/template';
import type { Role } from '../access/roles';
import type { ApiDependencies } from '../dependencies';
import { checkAcceptable, DOMAIN_TAKEN, NAME_TAKEN } from '../routes/operations/order-checks';
import { previewPlace, previewRegion } from './place';
import { previewPrice } from './price';
import { UnknownParts } from './unknown';

type PreviewDependencies = Pick<
  ApiDependencies,
  'appDomain' | 'approvalDeadlineSeconds' | 'estimates' | 'logger' | 'pool' | 'templates'
>;

type ShownViolation = OrderPreview['violations'][number];

/** Role of those who decide on customizations. */
const APPROVER: Role = 'approvals:decide';

/** What an order of this caller would do. Reads only the registry and the templates, and writes nothing. */
export async function previewOrder(
  dependencies: PreviewDependencies,
  body: unknown,
  caller: string,
): Promise<OrderPreview> {
  const unknown = new UnknownParts(dependencies.logger);
  const parsed = parseOrder(body);
  if (parsed.ok) return previewValid(dependencies, unknown, parsed.order, caller);
  unknown.add('The body is not an order. Correct what the violations name.', ...PREVIEW_PARTS);
  return answer(
    parsed.violations.map(({ pointer, message }) => ({ pointer, detail: message })),
    {},
    unknown,
  );
}

async function previewValid(
  dependencies: PreviewDependencies,
  unknown: UnknownParts,
  order: TenantProvisioningRequest,
  caller: string,
): Promise<OrderPreview> {
  const { pool, templates, estimates, approvalDeadlineSeconds } = dependencies;
  const { plan } = order.subscription;
  const standard = templates.get(plan);
  const [refused, held] = await Promise.all([
    checkAcceptable(dependencies, order, caller),
    findHeld(pool, { tenantName: order.tenantName, customDomain: order.configuration.customDomain ?? null }),
  ]);
  const template = customized(standard, order);
  const [choice, price] = await Promise.all([
    unknown.try('region', async () => ({ of: await previewRegion(pool, order, template, refused) })),
    previewPrice(pool, unknown, order, template),
  ]);
  const region = choice?.of;
  const place = region ? await unknown.try('capacity', () => previewPlace(pool, region, order, template)) : {};
  explainPlace(unknown, choice, place ?? {});
  const chosen = place?.region?.region ?? order.region ?? null;
  const duration = await unknown.try('duration', async () => ({
    of: await estimates.ofNewOperation('provision', plan, chosen),
  }));
  if (duration && !duration.of)
    unknown.add('Too few tenants of this plan have been provisioned lately to say how long it takes.', 'duration');
  const violations = [
    ...refused.map(shown),
    ...(held.name ? [NAME_TAKEN] : []),
    ...(held.domain ? [DOMAIN_TAKEN] : []),
    ...(region?.violation && !refused.includes(region.violation) ? [shown(region.violation)] : []),
  ];
  const required = approvalsNeeded(order, standard);
  const approvals = { required, role: APPROVER, withinSeconds: approvalDeadlineSeconds };
  const notes = notesOn(order);
  const parts = {
    plan,
    ...(notes.length > 0 ? { notes } : {}),
    ...place,
    approvals,
    price,
    ...(duration?.of ? { duration: duration.of } : {}),
  };
  return answer(violations, parts, unknown);
}

/** The template with the order's customizations; as it is sold if they are not valid, which is a violation already. */
function customized(standard: ProvisioningTemplate, order: TenantProvisioningRequest): ProvisioningTemplate {
  try {
    return customizeTemplate(standard, order.customizations);
  } catch {
    return standard;
  }
}

/** Warnings about an order that is allowed. */
function notesOn({ paymentMethod }: TenantProvisioningRequest): NonNullable<OrderPreview['notes']> {
  if (paymentMethod !== undefined) return [];
  return [
    {
      pointer: '/paymentMethod',
      detail:
        'Without a payment method, the first invoice cannot be charged: the tenant becomes active with an unpaid invoice.',
    },
  ];
}

/** Gives the reasons for the parts that depend on a region, where there is none. */
function explainPlace(
  unknown: UnknownParts,
  choice: { of: RegionChoice | undefined } | undefined,
  place: Pick<OrderPreview, 'region' | 'capacity' | 'residency' | 'resources'>,
): void {
  const noted = new Set(unknown.parts.map(({ part }) => part));
  const missing = (['region', 'capacity', 'residency', 'resources'] as const).filter(
    (part) => place[part] === undefined && !noted.has(part),
  );
  if (missing.length === 0) return;
  if (choice?.of?.violation) unknown.add('No region can serve the order. The violations say why.', ...missing);
  else if (choice && !choice.of) unknown.add('No worker has registered its regions yet.', ...missing);
  else unknown.add('It depends on a part that is unknown.', ...missing);
}

function shown({ pointer, message, type }: Violation): ShownViolation {
  return { pointer, detail: message, type };
}

function answer(
  violations: ShownViolation[],
  parts: Partial<OrderPreview>,
  { parts: unknown }: UnknownParts,
): OrderPreview {
  const steps = stepsOf('provision').map((id) => {
    const { label, needs } = stepRule('provision', id);
    return { id, label, needs: [...needs] };
  });
  return { possible: violations.length === 0, violations, steps, ...parts, unknown };
}
