import type { TenantEvidence } from '../contract/schemas/evidence-schema';
import type { LedgerRow } from './ledger';
import type { ProcessorService } from './places';

/** What each service outside the regions is given about people. */
export const PROCESSOR_RECEIVES: Record<ProcessorService, string> = {
  identity: 'name, e-mail address and role of the first admin; the organization’s name',
  billing: 'the organization’s name and the first admin’s e-mail address',
  mail: 'the first admin’s name and e-mail address, with what is written to them',
};

/**
 * Where the control plane keeps data about people of a tenant, and under which key. A column that is added for such data belongs here; a
 * test reads every other column of the registry and must find nobody in it.
 */
const KEPT = [
  { data: 'the order: first admin’s name and e-mail address, branding, settings', where: 'operation.order_ciphertext' },
  { data: 'the order as it was amended by an operator', where: 'resolution.order_ciphertext' },
  { data: 'configuration of the application: branding, settings', where: 'configuration.ciphertext' },
  { data: 'first password and other secrets, until handed over', where: 'secret.ciphertext' },
];

/** What is known of a tenant's key and things. */
export interface PersonalDataState {
  keyIsThere: boolean;
  ledger: readonly LedgerRow[];
}

/** Where data about people of this tenant is kept, in the control plane and at the providers. */
export function personalDataPlaces({ keyIsThere, ledger }: PersonalDataState): TenantEvidence['personalData'] {
  const protection = keyIsThere
    ? 'AES-256-GCM under the tenant’s own key; destroying the key makes it unreadable'
    : 'unreadable: the tenant’s own key is destroyed';
  const there = (kind: string): LedgerRow | undefined =>
    ledger.find((row) => row.kind === kind && row.state === 'present');
  const [person, customer] = [there('idp-admin-user'), there('billing-customer')];
  return [
    ...KEPT.map(({ data, where }) => ({ data, where: `registry: ${where}`, protection })),
    {
      data: 'what an approver wrote about the order',
      where: 'registry: approval_decision.comment_ciphertext',
      protection: keyIsThere
        ? 'AES-256-GCM under the control plane’s data key; deleted when the tenant’s key is destroyed, except the reason of a rejection'
        : 'deleted when the tenant’s key was destroyed; the reason of a rejection stays under the control plane’s data key',
    },
    ...(person
      ? [
          {
            data: 'the first admin',
            where: `${person.provider}: ${placeName(person)}`,
            protection: 'the identity provider’s',
          },
        ]
      : []),
    ...(customer
      ? [
          {
            data: 'the billing contact',
            where: `${customer.provider}: ${placeName(customer)}`,
            protection: 'the billing provider’s',
          },
        ]
      : []),
  ];
}

function placeName({ externalId, name }: LedgerRow): string {
  return externalId ?? name;
}
