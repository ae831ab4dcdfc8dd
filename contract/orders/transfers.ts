/** The rules for data that leaves a region, under the names that refusals give. */
export const TRANSFER_RULES = {
  'transfer.replica': 'Standbys of a database server must be located where the tenant’s data may be.',
  'transfer.backup':
    'Copies of an object store, including its backups, must be located where the tenant’s data may be.',
  'transfer.integration': 'An integration with a server of its own must run where the tenant’s data may be.',
} as const;

/** One of {@link TRANSFER_RULES}. */
export type TransferRule = keyof typeof TRANSFER_RULES;

/** Data of a tenant that would leave its region. */
export interface Transfer {
  rule: TransferRule;
  /** The source of the data, for instance `cell eu-central-db-1`. */
  what: string;
  /** The jurisdiction that receives the data. */
  to: string;
  /** JSON pointer to the field of the order to change. */
  pointer: string;
}

/** The limits on where a tenant's data may be. */
export interface Bounds {
  /** The jurisdiction of the tenant's region. */
  jurisdiction: string;
  /** Other jurisdictions that data of the region may enter, unless the order asks for a residency. */
  alsoAllowed: readonly string[];
  /** The data residency of the order, if it asks for one. */
  residency: string | undefined;
}

/** Jurisdictions a tenant's data may be in. With a residency it is the region's alone, because the data must never leave it. */
export function jurisdictionsAllowed({ jurisdiction, alsoAllowed, residency }: Bounds): string[] {
  return residency === undefined ? [...new Set([jurisdiction, ...alsoAllowed])] : [jurisdiction];
}

/** The transfers to a jurisdiction that is not allowed. */
export function forbiddenTransfers(transfers: readonly Transfer[], bounds: Bounds): Transfer[] {
  const allowed = jurisdictionsAllowed(bounds);
  return transfers.filter(({ to }) => !allowed.includes(to));
}

/** A refusal in words: the rule, the source of the data, its destination and the jurisdictions that are allowed. */
export function describeTransfer({ rule, what, to }: Transfer, bounds: Bounds): string {
  return `rule ${rule} forbids it: ${what} would send data to ${to}, allowed: ${jurisdictionsAllowed(bounds).join(', ')}`;
}
