import type { Plan } from '../../contract/orders/order';
import type { ProvisioningTemplate } from '../../templates/template';
import { maybeOne, type Queryable } from '../database';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from '../pages';

/** A template that a plan has, or had. */
export interface TemplateVersion {
  /** SHA-256 of the template, hexadecimal. */
  fingerprint: string;
  version: string;
  /** When an API loaded it for the first time. */
  recordedAt: Date;
}

/** Records a plan's template, unless it is known. Templates are never changed, so a later call with the same fingerprint does nothing. */
export async function recordTemplateVersion(
  db: Queryable,
  fingerprint: string,
  template: ProvisioningTemplate,
): Promise<void> {
  await db.query(
    `insert into template_version (plan, fingerprint, version, template) values ($1, $2, $3, $4) on conflict do nothing`,
    [template.subscriptionPlan, fingerprint, template.version, JSON.stringify(template)],
  );
}

/** A page of a plan's templates, the one that was recorded last first. */
export async function pageTemplateVersions(
  db: Queryable,
  plan: Plan,
  { after, limit }: PageRequest,
): Promise<Page<TemplateVersion>> {
  const { rows } = await db.query<TemplateVersion & { micros: string }>(
    `select fingerprint, version, recorded_at as "recordedAt", ${microsOf('recorded_at')} as micros from template_version
     where plan = $1 and ${isBehind('recorded_at', 'fingerprint', 2, 3)} order by recorded_at desc, fingerprint desc limit $4`,
    [plan, after?.micros ?? null, after?.id ?? null, limit + 1],
  );
  return toPage(
    rows,
    limit,
    ({ micros, fingerprint }) => ({ micros, id: fingerprint }),
    ({ micros: _, ...version }) => version,
  );
}

/** A template that a plan has, or had; undefined if none with this fingerprint was recorded. */
export async function findTemplateVersion(
  db: Queryable,
  plan: Plan,
  fingerprint: string,
): Promise<ProvisioningTemplate | undefined> {
  const row = await maybeOne<{ template: ProvisioningTemplate }>(
    db,
    `select template from template_version where plan = $1 and fingerprint = $2`,
    [plan, fingerprint],
  );
  return row?.template;
}
