import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { RouteName } from './api/access';
import type { IconName } from './parts/icon';

/** A page of the console. */
export interface Page {
  /** Path below the console's, in wouter's notation. */
  path: string;
  label: string;
  /** Shown in the navigation; a page without one is reached from another page. */
  icon?: IconName;
  /** The route of the API without which the page has nothing to show: who may call it may open the page. */
  needs: RouteName;
  /** Words by which the command palette also finds it. */
  words?: string;
  load: () => Promise<{ default: ComponentType }>;
  page: LazyExoticComponent<ComponentType>;
}

/** Every page. Router, navigation and command palette are made from this table: a new page is a folder and a row. */
export const PAGES: readonly Page[] = [
  page('/', 'Now', 'getAttention', () => import('./pages/now/now'), 'now', 'attention home start'),
  page(
    '/operations',
    'Operations',
    'listOperations',
    () => import('./pages/operations/operations'),
    'operations',
    'runs',
  ),
  page('/operations/:operationId', 'Operation', 'getOperation', () => import('./pages/operations/operation')),
  page('/tenants', 'Tenants', 'listTenants', () => import('./pages/tenants/tenants'), 'tenants', 'customers search'),
  page('/tenants/:tenantId', 'Tenant', 'getTenant', () => import('./pages/tenants/tenant')),
  page(
    '/approvals',
    'Approvals',
    'listOperations',
    () => import('./pages/approvals/approvals'),
    'approvals',
    'approve reject',
  ),
  page(
    '/billing',
    'Billing',
    'listBillingFindings',
    () => import('./pages/billing/billing'),
    'billing',
    'findings stripe payments',
  ),
  page('/order', 'Order', 'orderTenant', () => import('./pages/order/order'), 'order', 'new tenant provision'),
  page(
    '/templates',
    'Templates',
    'listTemplates',
    () => import('./pages/templates/templates'),
    'templates',
    'plans prices',
  ),
  page('/templates/:plan', 'Template', 'getTemplate', () => import('./pages/templates/template')),
  page(
    '/metrics',
    'Metrics',
    'getProvisioningMetrics',
    () => import('./pages/metrics/metrics'),
    'metrics',
    'durations capacity',
  ),
  page(
    '/webhooks',
    'Webhooks',
    'listWebhookEndpoints',
    () => import('./pages/webhooks/webhooks'),
    'webhooks',
    'endpoints events',
  ),
  page('/webhooks/:endpointId', 'Webhook endpoint', 'getWebhookEndpoint', () => import('./pages/webhooks/endpoint')),
  page('/webhooks/:endpointId/:deliveryId', 'Message', 'getWebhookDelivery', () => import('./pages/webhooks/message')),
  page(
    '/audit',
    'Audit',
    'listAuditEntries',
    () => import('./pages/audit/audit'),
    'audit',
    'trail findings who did what',
  ),
  page(
    '/sweeps',
    'Sweeps',
    'listSweeps',
    () => import('./pages/sweeps/sweeps'),
    'sweeps',
    'quarantine orphans lost runs',
  ),
  page('/sweeps/:sweepId', 'Sweep', 'getSweep', () => import('./pages/sweeps/sweep')),
  page(
    '/settings',
    'Settings',
    'listRoles',
    () => import('./pages/settings/settings'),
    'settings',
    'tokens roles session',
  ),
];

function page(
  path: string,
  label: string,
  needs: RouteName,
  load: Page['load'],
  icon?: IconName,
  words?: string,
): Page {
  return { path, label, needs, load, page: lazy(load), ...(icon && { icon }), ...(words && { words }) };
}
