/** Version of the archive's format; docs/export.md describes it. */
export const EXPORT_FORMAT = 1;

/** Days for which the archive of a tenant is kept after the tenant is gone. */
export const EXPORT_DAYS = 30;

/** `running`: being written. `ready`: complete and verified. `removing`: its files are being deleted. */
export const EXPORT_STATES = ['running', 'ready', 'removing', 'removed'] as const;
/** One of {@link EXPORT_STATES}. */
export type ExportState = (typeof EXPORT_STATES)[number];

/** What a volume contains, as numbers. */
export interface ExportContents {
  tables: number;
  rows: number;
  objects: number;
  objectBytes: number;
}

/** One file of an archive: a tar of its own, encrypted on its own. */
export interface ExportVolume extends ExportContents {
  /** From 1. */
  number: number;
  /** Bytes and SHA-256, hexadecimal, of the encrypted file. */
  bytes: number;
  sha256: string;
  /** Files in it, without its manifest. */
  entries: number;
}

/** A file in a volume, as the volume's manifest lists it. */
export interface ManifestEntry {
  path: string;
  bytes: number;
  /** SHA-256, hexadecimal. */
  sha256: string;
  /** Of a table: its name and its rows, without the header. */
  table?: string;
  rows?: number;
}

/** Contents of `manifest-<volume>.json`, the last file of each volume. */
export interface ExportManifest {
  format: typeof EXPORT_FORMAT;
  program: string;
  tenantId: string;
  operationId: string;
  tenantName: string;
  plan: string;
  template: string;
  region: string;
  isolation: string;
  /** ISO 8601. */
  writtenAt: string;
  volume: number;
  /** Whether this is the archive's last volume. */
  last: boolean;
  /** SHA-256 of the manifest before this one; null in the first volume. */
  previous: string | null;
  /** Number of this volume's first object, from 1, and how many objects it has. */
  objects: { from: number; count: number };
  entries: ManifestEntry[];
}

/** Name of a volume for people who download it. */
export function volumeName(tenantId: string, volume: number): string {
  return `export-${tenantId}-${numbered(volume)}.tar.age`;
}

/** A number with enough digits that names sort. */
export function numbered(value: number, digits = 4): string {
  return String(value).padStart(digits, '0');
}
