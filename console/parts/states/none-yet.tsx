import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { rolesFor } from '../../api/access';
import { useMayCall } from '../../api/session';
import { EmptyState } from './empty-state';

/** Stands for an empty list of tenants or operations: a filter hides them, or the first tenant is still to be ordered. */
export function NoneYet({ what, isFiltered, children }: NoneYetProps) {
  const mayOrder = useMayCall()('orderTenant');
  if (isFiltered)
    return (
      <EmptyState title={`No ${what} matches`}>
        Clear a filter to see more.
        {children}
      </EmptyState>
    );
  return (
    <EmptyState title={`No ${what} yet`}>
      {mayOrder ? (
        <>
          <Link href="/order">Order a tenant</Link>: it appears here at once.
        </>
      ) : (
        `The first one appears here once somebody with the role ${rolesFor('orderTenant').join(' or ')} orders a tenant, here or through the API.`
      )}
    </EmptyState>
  );
}

interface NoneYetProps {
  what: 'tenant' | 'operation';
  isFiltered: boolean;
  /** What else to know if a filter leaves nothing. */
  children?: ReactNode;
}
