import { Suspense, useEffect, useRef, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { mayCall, rolesFor } from '../api/access';
import type { Session } from '../api/session';
import { PAGES, type Page } from '../routes';
import { EmptyState } from '../parts/states/empty-state';
import { Icon } from '../parts/icon';
import { PageHeader } from '../parts/page-header';
import { PageSkeleton } from '../parts/states/skeleton';
import { Boundary } from './boundary';
import { CommandPalette } from './command-palette';
import { Interruption } from './interruption';
import { Navigation } from './navigation';
import { PersonMenu } from './person-menu';

/** Frame around every page: navigation, the palette, the person's menu and the notice of an interruption. */
export function Shell({ session }: { session: Session }) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(path);
  // A reader of the screen goes on at the new page's beginning, as after a load.
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    setMenuOpen(false);
    main.current?.focus();
    scrollTo(0, 0);
  }, [path]);
  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the page
      </a>
      <header className="topbar">
        <button
          type="button"
          className="icon-button menu-button"
          aria-expanded={isMenuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name="menu" />
          <span className="visually-hidden">Navigation</span>
        </button>
        <span className="brand">Tenant provisioner</span>
        <CommandPalette roles={session.user.roles} />
        <PersonMenu session={session} />
      </header>
      <Navigation roles={session.user.roles} isOpen={isMenuOpen} />
      <main id="main" ref={main} tabIndex={-1}>
        <Interruption />
        <Suspense fallback={<PageSkeleton />}>
          <Switch>
            {PAGES.map((page) => (
              <Route key={page.path} path={page.path}>
                <Boundary key={path}>
                  <Entrance page={page} session={session} />
                </Boundary>
              </Route>
            ))}
            <Route>
              <PageHeader title="There is no such page" />
              <p>
                Choose a page in the navigation, or press <kbd>Ctrl</kbd> <kbd>K</kbd> to search.
              </p>
            </Route>
          </Switch>
        </Suspense>
      </main>
    </div>
  );
}

function Entrance({ page, session }: { page: Page; session: Session }) {
  useEffect(() => {
    document.title = `${page.label} – Tenant provisioner`;
  }, [page]);
  if (mayCall(session.user.roles, page.needs)) return <page.page />;
  return (
    <>
      <PageHeader title={page.label} />
      <EmptyState title="Your roles do not include this page">
        It needs one of {rolesFor(page.needs).join(', ')}. Ask the administrator of the staff groups.
      </EmptyState>
    </>
  );
}
