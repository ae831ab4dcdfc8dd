import type { ExportManifest } from '../../../contract/exports/archive';

/** The file that explains the archive to people. */
export function readme({
  tenantId,
  tenantName,
  writtenAt,
  isolation,
}: Pick<ExportManifest, 'tenantId' | 'tenantName' | 'writtenAt' | 'isolation'>): string {
  return `Export of tenant ${tenantName} (${tenantId}), begun ${writtenAt}
Format 1

If there are several volumes, extract all of them into one folder.

README.txt            this file
configuration.json    what the application was configured with
users.json            the people of the organization; passwords are not part of an export
groups.json           their groups and roles
audit.jsonl           what happened to the tenant; each line names the hash of the line before it
invoices.json         invoices as Stripe has them
database/schema.sql   the tables, for any PostgreSQL (read from isolation "${isolation}")
database/<table>.csv  their rows: CSV with a header line, UTF-8; nothing between two commas is NULL, "" is an empty text
objects/<number>      the files of the object store, numbered, because their names may not fit a file system
objects-<n>.jsonl     one line for each object of volume n: its number's path, its key, version, size, checksum, type and metadata
manifest-<n>.json     every file of volume n with its size and SHA-256, and the checksum of the manifest before it

To load a table:      \\copy project from 'database/project.csv' with (format csv, header)
To check everything:  node verify-export.mjs *.tar.age --identity key.txt
`;
}
