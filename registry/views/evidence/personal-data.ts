import type { TenantEvidence } from '../../../contract/schemas/tenants/evidence-schema';
import type { LedgerRow } from '../../ledger/ledger';
import type { ProcessorService } from '../../capacity/regions';

/** Personal data that each service outside the regions receives. */
export const PROCESSOR_RECEIVES: Record<ProcessorService, string> = {
  identity: 'name, e-mail address and role of the first admin; the organization’s name',
  billing: 'the organization’s name, its tax ids and the first admin’s e-mail address',
  mail: 'the first admin’s name and e-mail address, the contact’s e-mail address, and the text of mail to them',
};

/**
 * Where the control plane stores personal data of a tenant, encrypted under the tenant's own key. Add every new column with such data here;
 * a test reads all other columns of the registry and must find no personal data in them.
 */
const PERSONAL_COLUMNS = [
  {
    data: 'the order: first admin’s name and e-mail address, contact’s e-mail address, tax ids, branding, settings',
    where: 'operation.order_ciphertext',
  },
  { data: 'the order as amended by an operator', where: 'resolution.order_ciphertext' },
  { data: 'configuration of the application: branding, settings', where: 'configuration.ciphertext' },
  { data: 'the reason of a legal hold', where: 'legal_hold.reason_ciphertext' },
  { data: 'the reason for lifting a legal hold', where: 'legal_hold.lift_reason_ciphertext' },
  { data: 'first password and other secrets, until handed over', where: 'secret.ciphertext' },
];

/** State of a tenant's key and resources. */
export interface PersonalDataState {
  keyIsThere: boolean;
  ledger: readonly LedgerRow[];
}

/** Every place that stores personal data of this tenant, in the control plane and at the providers. */
export function personalDataPlaces({ keyIsThere, ledger }: PersonalDataState): TenantEvidence['personalData'] {
  const protection = keyIsThere
    ? 'AES-256-GCM under the tenant’s own key; destroying the key makes it unreadable'
    : 'unreadable: the tenant’s own key is destroyed';
  const present = (kind: string): LedgerRow | undefined =>
    ledger.find((row) => row.kind === kind && row.state === 'present');
  const [person, customer] = [present('idp-admin-user'), present('billing-customer')];
  return [
    ...PERSONAL_COLUMNS.map(({ data, where }) => ({ data, where: `registry: ${where}`, protection })),
    {
      data: 'the approver’s comment on the order',
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
