import { Link, useLocation } from 'wouter';
import { useFilters } from './forms/filters';
import './tabs.css';

/** A part of a page that is shown alone. */
export interface Tab {
  /** Its name in the page's address. */
  name: string;
  label: string;
}

/** The part that the page's address names; the first one by default. */
export function useTab(tabs: readonly Tab[]): string {
  const [{ part }] = useFilters(['part']);
  return tabs.find(({ name }) => name === part)?.name ?? tabs[0]!.name;
}

/** Links to the parts of a page. They are links, and not tabs of ARIA, because each has an address of its own. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const shown = useTab(tabs);
  const [path] = useLocation();
  return (
    <nav className="tabs" aria-label={label}>
      <ul>
        {tabs.map(({ name, label: words }, index) => (
          <li key={name}>
            <Link href={index === 0 ? path : `${path}?part=${name}`} aria-current={name === shown ? 'page' : undefined}>
              {words}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
