import { stepRule } from '../../../../contract/operations/kinds';
import { FIELD_READERS, hasRead, isAmendable, type MadeSoFar } from '../../../../contract/orders/amendable';
import { labelAt } from '../../order/names';

/** How a field of an order is typed. */
export interface AmendField {
  /** `json`: an object whose members are merged into those that the order has, or a list. An array: the values that are allowed. */
  as: 'text' | 'list' | 'number' | 'json' | readonly string[];
  hint?: string;
  /** What the values are chosen from, where the API lists them: regions that serve the plan, or regions and jurisdictions. */
  from?: 'regions' | 'places';
  /** Pointer to what goes when the field is removed: the field, or the part of the order that needs it. Absent if the order needs it. */
  removes?: string;
}

const itself = (pointer: string, field: AmendField = { as: 'text' }): [string, AmendField] => [
  pointer,
  { ...field, removes: pointer },
];
const ONE_BY_ONE = 'All of them, separated by commas. The list replaces the one that the order has.';

/** Every field of an order that can be amended at all, in the order in which it is offered. */
export const AMEND_FIELDS: Readonly<Record<string, AmendField>> = Object.fromEntries([
  itself('/paymentMethod', { as: 'text', hint: 'Id of a payment method at the billing provider: pm_…' }),
  [
    '/billing/taxIds',
    {
      as: 'json',
      hint: 'A JSON list: [{ "type": "eu_vat", "value": "DE123456789" }]. It replaces the one that the order has.',
      removes: '/billing',
    },
  ],
  ['/organizationName', { as: 'text' }],
  ['/adminUser/email', { as: 'text' }],
  ['/adminUser/firstName', { as: 'text' }],
  itself('/adminUser/lastName'),
  ['/adminUser/role', { as: 'text', hint: 'Title in the application, in lower case: owner.' }],
  ['/contact/email', { as: 'text', removes: '/contact' }],
  ['/subscription/billingCycle', { as: ['monthly', 'yearly'] }],
  ['/subscription/features', { as: 'list', hint: ONE_BY_ONE }],
  itself('/configuration/customDomain', { as: 'text', hint: 'A host name: app.example.com.' }),
  itself('/configuration/branding/displayName'),
  itself('/configuration/branding/primaryColor', { as: 'text', hint: 'A colour: #0b5fff.' }),
  itself('/configuration/branding/logoUrl', { as: 'text', hint: 'An https address.' }),
  itself('/configuration/branding/supportUrl', { as: 'text', hint: 'An https address.' }),
  itself('/configuration/integrations', { as: 'list', hint: ONE_BY_ONE }),
  itself('/configuration/settings', {
    as: 'json',
    hint: 'As a JSON object. Settings that you name are replaced, null removes one, and all others stay as they are. No secrets.',
  }),
  [
    '/compliance/dataResidency',
    { as: 'text', hint: 'A region or a jurisdiction: EU.', from: 'places', removes: '/compliance' },
  ],
  ['/compliance/retentionPeriod', { as: 'number', hint: 'A whole number of days.', removes: '/compliance' }],
  ['/compliance/encryptionLevel', { as: ['standard', 'enhanced'], removes: '/compliance' }],
  itself('/featureFlags', {
    as: 'json',
    hint: 'A JSON object of flags and variants. Flags that you name are replaced, null removes one, and all others stay as they are.',
  }),
  itself('/region', { as: 'text', from: 'regions' }),
] as [string, AmendField][]);

/** Pointers of the fields that can be amended now. */
export function amendableNow(made: MadeSoFar): string[] {
  return Object.keys(AMEND_FIELDS).filter((pointer) => isAmendable(pointer, made));
}

/** Fields that cannot be amended, by the reason: one group for each step that has used some, and one for what was fixed from the start. */
export function fixedFields(made: MadeSoFar): { why: string; fields: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const [pointer, readers] of Object.entries(FIELD_READERS)) {
    const reader = readers === 'never' ? undefined : readers.find((each) => hasRead(made, each));
    if (readers !== 'never' && !reader) continue;
    const why = reader
      ? `Already used by “${stepRule('provision', reader.step).label}”`
      : 'Fixed when the order was accepted';
    groups.set(why, [...(groups.get(why) ?? []), labelOf(pointer)]);
  }
  return [...groups].map(([why, fields]) => ({ why, fields }));
}

/** A change of one field as it is typed. */
export interface Change {
  pointer: string;
  text: string;
  isRemoved: boolean;
}

/** The merge patch (RFC 7396) of these changes. The text of a `json` field must be JSON, see {@link jsonError}. */
export function patchOf(changes: readonly Change[]): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const { pointer, text, isRemoved } of changes) {
    const field = AMEND_FIELDS[pointer];
    if (!field) continue;
    if (isRemoved && field.removes !== undefined) put(patch, field.removes, null);
    else put(patch, pointer, valueOf(field, text.trim()));
  }
  return patch;
}

/** Why the text of a `json` field is not accepted, in words; undefined if it is a JSON object or list. */
export function jsonError(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? undefined
      : 'Is no JSON object or list. Begin with { and end with }, or with [ and ].';
  } catch (error) {
    return `Is not JSON yet: ${(error as Error).message}`;
  }
}

/** What the fields are called that the order's form does not have, or that need their part's name beside those of other parts. */
const LABELS: Readonly<Record<string, string>> = {
  '/featureFlags': 'Feature flags',
  '/billing': 'Tax ids',
  '/billing/taxIds': 'Tax ids',
  '/adminUser/email': 'First administrator’s e-mail',
  '/adminUser/firstName': 'First administrator’s first name',
  '/adminUser/lastName': 'First administrator’s last name',
  '/adminUser/role': 'First administrator’s title in the application',
  '/compliance': 'Rules for the data',
  '/compliance/retentionPeriod': 'Retention in days',
  '/configuration/branding/displayName': 'Displayed name',
  '/configuration/branding/primaryColor': 'Main colour',
  '/configuration/branding/logoUrl': 'Logo’s address',
  '/configuration/branding/supportUrl': 'Support page’s address',
  '/configuration/settings': 'Settings of the application',
  '/contact': 'Another contact',
  '/customizations': 'Customizations',
};

/** What people call the field of the order at a pointer: as on the page that orders. */
export function labelOf(pointer: string): string {
  if (Object.hasOwn(LABELS, pointer)) return LABELS[pointer]!;
  const part = Object.keys(LABELS).find((at) => pointer.startsWith(`${at}/`));
  const label = labelAt(pointer);
  return label === pointer && part !== undefined ? LABELS[part]! : label;
}

function valueOf({ as }: AmendField, text: string): unknown {
  if (as === 'list') return text.split(/[\s,]+/).filter((each) => each !== '');
  if (as === 'json') return JSON.parse(text);
  return as === 'number' ? Number(text) : text;
}

/** Sets a member below objects that are made as they are needed. What is removed as a whole stays removed. */
function put(patch: Record<string, unknown>, pointer: string, value: unknown): void {
  const names = pointer.split('/').slice(1);
  const last = names.pop()!;
  let at = patch;
  for (const name of names) {
    if (at[name] === null) return;
    at = (at[name] ??= {}) as Record<string, unknown>;
  }
  at[last] = value;
}
