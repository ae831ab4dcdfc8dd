import { Link, useRoute } from 'wouter';
import { mayCall, type Role } from '../api/access';
import { Icon, type IconName } from '../parts/icon';
import { PAGES, type Page } from '../routes';

/** The pages that a person with these roles may open. */
export function Navigation({ roles, isOpen }: { roles: readonly Role[]; isOpen: boolean }) {
  return (
    <nav id="navigation" aria-label="Pages" className="navigation" data-open={isOpen}>
      <ul>
        {PAGES.map((page) =>
          page.icon && mayCall(roles, page.needs) ? <Entry key={page.path} page={page} icon={page.icon} /> : null,
        )}
      </ul>
    </nav>
  );
}

function Entry({ page, icon }: { page: Page; icon: IconName }) {
  const [isHere] = useRoute(page.path === '/' ? '/' : `${page.path}/*?`);
  // Loaded when the pointer or the focus reaches the link.
  const prepare = (): void => void page.load().catch(() => undefined);
  return (
    <li>
      <Link href={page.path} aria-current={isHere ? 'page' : undefined} onMouseEnter={prepare} onFocus={prepare}>
        <Icon name={icon} />
        {page.label}
      </Link>
    </li>
  );
}
