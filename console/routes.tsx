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
  /** Whoever has one of these roles may open the page. */
  roles: readonly Role[];
  /** Words by which the command palette also finds it. */
  words?: string;
  load: () => Promise<{ default: ComponentType }>;
  page: LazyExoticComponent<ComponentType>;
}

const READERS: readonly Role[] = [
  'tenants:read',
  'tenants:order',
  'legal-hold:manage',
  'approvals:decide',
  'operations:operate',
];

/** Every page. Router, navigation and command palette are made from this table: a new page is a folder and a row. */
export const PAGES: readonly Page[] = [
  page('/', 'Now', READERS, () => import('./pages/now/now'), 'now', 'attention home start'),
  page('/operations', 'Operations', READERS, () => import('./pages/operations/operations'), 'operations', 'runs'),
  page('/operations/:operationId', 'Operation', READERS, () => import('./pages/operations/operation')),
  page('/approvals', 'Approvals', READERS, () => import('./pages/approvals/approvals'), 'approvals', 'approve reject'),
  page('/order', 'Order', ['tenants:order'], () => import('./pages/order/order'), 'order', 'new tenant provision'),
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
