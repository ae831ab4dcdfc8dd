import type { ReactNode } from 'react';

/** Title of a page, what belongs to it in words, and its actions. */
export function PageHeader({
  title,
  children,
  actions,
}: {
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="page-header">
      <div>
        <h1>{title}</h1>
        {children && <div className="page-note">{children}</div>}
      </div>
      {actions && <div className="actions">{actions}</div>}
    </header>
  );
}
