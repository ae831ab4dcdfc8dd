import type { z } from 'zod';
import {
  AMEND_FIELDS,
  amendableNow,
  fixedFields,
  jsonError,
  labelOf,
  patchOf,
} from '../../../../console/pages/operations/decide/amendment';
import { FIELD_READERS } from '../../../../contract/orders/amendable';
import { orderSchema } from '../../../../contract/schemas/order-schema';

/** A member of the order's schema, which knows whether it may be absent. */
interface Member extends z.ZodType {
  isOptional(): boolean;
  unwrap?: () => Member;
  shape?: Record<string, Member>;
  options?: readonly string[];
}

function memberAt(pointer: string): Member {
  let at = orderSchema as unknown as Member;
  for (const name of pointer.split('/').slice(1)) at = (at.isOptional() ? at.unwrap!() : at).shape![name]!;
  return at;
}

test('every field that an order’s amend allows is offered, and no other', () => {
  const allowed = Object.keys(FIELD_READERS).filter((pointer) => FIELD_READERS[pointer] !== 'never');
  expect(Object.keys(AMEND_FIELDS).sort()).toEqual(allowed.sort());
});

test.each(Object.entries(AMEND_FIELDS))('%s is typed and removed as the order’s schema has it', (pointer, field) => {
  const member = memberAt(pointer);
  if (field.removes !== undefined) expect(memberAt(field.removes).isOptional()).toBe(true);
  if (member.isOptional()) expect(field.removes).toBe(pointer);
  const required = member.isOptional() ? member.unwrap!() : member;
  if (required.options) expect(field.as).toEqual(required.options);
  else expect(['text', 'list', 'number', 'json']).toContain(field.as);
});

test('several changes become one merge patch, with numbers, lists, objects and removals', () => {
  expect(
    patchOf([
      { pointer: '/compliance/retentionPeriod', text: ' 30 ', isRemoved: false },
      { pointer: '/configuration/settings', text: '{ "locale": "de-DE", "old": null }', isRemoved: false },
      { pointer: '/configuration/integrations', text: 'slack, webhooks', isRemoved: false },
      { pointer: '/configuration/customDomain', text: '', isRemoved: true },
      { pointer: '/contact/email', text: '', isRemoved: true },
    ]),
  ).toEqual({
    compliance: { retentionPeriod: 30 },
    configuration: {
      settings: { locale: 'de-DE', old: null },
      integrations: ['slack', 'webhooks'],
      customDomain: null,
    },
    contact: null,
  });
});

test('a part of the order that is removed as a whole stays removed', () => {
  expect(
    patchOf([
      { pointer: '/compliance/encryptionLevel', text: '', isRemoved: true },
      { pointer: '/compliance/retentionPeriod', text: '30', isRemoved: false },
    ]),
  ).toEqual({ compliance: null });
});

test('a field stays on offer until a step has used it, and then the step is named', () => {
  const made = {
    steps: [{ id: 'configuration', state: 'failed' }],
    resources: [{ kind: 'bucket', state: 'present' }],
  } as const;
  const progress = { steps: [...made.steps], resources: [...made.resources] };
  expect(amendableNow(progress)).toContain('/configuration/settings');
  expect(amendableNow(progress)).not.toContain('/configuration/customDomain');
  const fixed = fixedFields(progress);
  expect(fixed.find(({ fields }) => fields.includes('Tenant name'))!.why).toBe('Fixed when the order was accepted');
  expect(fixed.find(({ fields }) => fields.includes('Custom domain'))!.why).toMatch(/^Already used by “/);
});

test('fields are called as on the page that orders, and no name of the API is left', () => {
  expect(labelOf('/paymentMethod')).toBe('Payment method');
  expect(labelOf('/compliance/dataResidency')).toBe('Data must stay in');
  expect(labelOf('/configuration/settings/locale')).toBe('Settings of the application');
  for (const pointer of Object.keys(FIELD_READERS)) expect(labelOf(pointer)).not.toMatch(/\/|:/);
  const labels = Object.keys(AMEND_FIELDS).map(labelOf);
  expect(new Set(labels).size).toBe(labels.length);
});

test.each([
  ['{ "a": 1 }', undefined],
  ['[1]', undefined],
  ['1', 'Is no JSON object or list. Begin with { and end with }, or with [ and ].'],
  ['{ "a": ', expect.stringMatching(/^Is not JSON yet: /) as string],
])('the settings %s are judged while they are typed', (text, error) => {
  expect(jsonError(text)).toEqual(error);
});
