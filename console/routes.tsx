import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Role } from './api/session';
import type { IconName } from './parts/icon';

/** A page of the console. */
export interface Page {
  /** Path below the console's, in wouter's notation. */
  path: string;
  label: string;
  /** Shown in the navigation; a page without one is reached from another page. */
  icon?: IconName;
  /** A person with one of these roles may open the page. */
  roles: readonly Role[];
  /** Words by which the command palette also finds it. */
  words?: string;
  load: () => Promise<{ default: ComponentType }>;
  page: LazyExoticComponent<ComponentType>;
}

/** Roles that may read tenants. */
const TENANTS: readonly Role[] = [
  'tenants:read',
  'tenants:order',
  'tenants:suspend',
  'tenants:deprovision',
  'legal-hold:manage',
  'operations:operate',
];

/** Roles that may read operations. */
const READERS: readonly Role[] = [...TENANTS, 'approvals:decide'];

/** Everyone who is signed in and has any role. */
const EVERYONE: readonly Role[] = [
  ...READERS,
  ...(['keys:destroy', 'api-keys:manage', 'webhooks:manage', 'usage:write', 'api-keys:verify'] as const),
];

const METRICS: readonly Role[] = [
  'tenants:read',
  'tenants:order',
  'legal-hold:manage',
  'approvals:decide',
  'operations:operate',
];
const WEBHOOKS: readonly Role[] = ['webhooks:manage', 'operations:operate'];
const AUDIT: readonly Role[] = ['tenants:read', 'operations:operate'];
const SWEEPS: readonly Role[] = ['operations:operate'];

/** Every page. Router, navigation and command palette are made from this table: a new page is a folder and a row. */
export const PAGES: readonly Page[] = [
  page('/', 'Now', READERS, () => import('./pages/now/now'), 'now', 'attention home start'),
  page('/operations', 'Operations', READERS, () => import('./pages/operations/operations'), 'operations', 'runs'),
  page('/operations/:operationId', 'Operation', READERS, () => import('./pages/operations/operation')),
  page('/tenants', 'Tenants', TENANTS, () => import('./pages/tenants/tenants'), 'tenants', 'customers search'),
  page('/tenants/:tenantId', 'Tenant', TENANTS, () => import('./pages/tenants/tenant')),
  page('/approvals', 'Approvals', READERS, () => import('./pages/approvals/approvals'), 'approvals', 'approve reject'),
  page('/order', 'Order', ['tenants:order'], () => import('./pages/order/order'), 'order', 'new tenant provision'),
  page('/templates', 'Templates', EVERYONE, () => import('./pages/templates/templates'), 'templates', 'plans prices'),
  page('/templates/:plan', 'Template', EVERYONE, () => import('./pages/templates/template')),
  page('/metrics', 'Metrics', METRICS, () => import('./pages/metrics/metrics'), 'metrics', 'durations capacity'),
  page('/webhooks', 'Webhooks', WEBHOOKS, () => import('./pages/webhooks/webhooks'), 'webhooks', 'endpoints events'),
  page('/webhooks/:endpointId', 'Webhook endpoint', WEBHOOKS, () => import('./pages/webhooks/endpoint')),
  page('/webhooks/:endpointId/:deliveryId', 'Message', WEBHOOKS, () => import('./pages/webhooks/message')),
  page('/audit', 'Audit', AUDIT, () => import('./pages/audit/audit'), 'audit', 'trail findings who did what'),
  page('/sweeps', 'Sweeps', SWEEPS, () => import('./pages/sweeps/sweeps'), 'sweeps', 'quarantine orphans lost runs'),
  page('/sweeps/:sweepId', 'Sweep', SWEEPS, () => import('./pages/sweeps/sweep')),
  page(
    '/settings',
    'Settings',
    EVERYONE,
    () => import('./pages/settings/settings'),
    'settings',
    'tokens roles session',
  ),
];

function page(
  path: string,
  label: string,
  roles: readonly Role[],
  load: Page['load'],
  icon?: IconName,
  words?: string,
): Page {
  return { path, label, roles, load, page: lazy(load), ...(icon && { icon }), ...(words && { words }) };
}
