/** The rules for what leaves a region, by the name a refusal gives. */
export const TRANSFER_RULES = {
  'transfer.replica': 'Standbys of a database server stand where the tenant’s data may be.',
  'transfer.backup': 'Copies of an object store, with the backups in it, go where the tenant’s data may be.',
  'transfer.integration': 'An integration with a server of its own runs where the tenant’s data may be.',
} as const;

/** One of {@link TRANSFER_RULES}. */
export type TransferRule = keyof typeof TRANSFER_RULES;

/** Something of a tenant that would leave its region. */
export interface Transfer {
  rule: TransferRule;
  /** What goes, for instance `cell eu-central-db-1`. */
  what: string;
  /** The jurisdiction it goes to. */
  to: string;
  /** JSON pointer to the field of the order to change. */
  pointer: string;
}

/** What decides where a tenant's data may be. */
export interface Bounds {
  /** The region's. */
  jurisdiction: string;
  /** Others that the region's data may go to, unless an order says where its own must stay. */
  alsoAllowed: readonly string[];
  /** What the order says, if it does. */
  residency: string | undefined;
}

/** Jurisdictions a tenant's data may be in: with a residency the region's alone, because that is a place the data never leaves. */
export function jurisdictionsAllowed({ jurisdiction, alsoAllowed, residency }: Bounds): string[] {
  return residency === undefined ? [...new Set([jurisdiction, ...alsoAllowed])] : [jurisdiction];
}

/** The transfers that lead elsewhere. */
export function forbiddenTransfers(transfers: readonly Transfer[], bounds: Bounds): Transfer[] {
  const allowed = jurisdictionsAllowed(bounds);
  return transfers.filter(({ to }) => !allowed.includes(to));
}

/** A refusal in words: the rule's name, what goes where, and where it might. */
export function describeTransfer({ rule, what, to }: Transfer, bounds: Bounds): string {
  return `rule ${rule} forbids it: ${what} leads to ${to}, allowed is ${jurisdictionsAllowed(bounds).join(', ')}`;
}
