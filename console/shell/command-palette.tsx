import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import {
  Autocomplete,
  Button,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
} from 'react-aria-components';
import { useLocation } from 'wouter';
import { mayCall, type Role } from '../api/access';
import { dataOf } from '../../clients/typescript/src/client';
import { api } from '../api/client';
import type { Key } from '../api/live';
import { Icon } from '../parts/icon';
import { useSettled } from '../parts/settled';
import { inWords } from '../parts/state-badge';
import { PAGES } from '../routes';

/** An operation's or a tenant's id leads to its page. */
const IDS: readonly [RegExp, string, (id: string) => string][] = [
  [/^op_[a-z2-9]{20}$/, 'Open operation', (id) => `/operations/${id}`],
  [/^[a-z2-9]{16}$/, 'Open tenant', (id) => `/tenants/${id}`],
];

/** Opens any page or tenant by its name, and anything by its id: Ctrl K, or ⌘ K. */
export function CommandPalette({ roles }: { roles: readonly Role[] }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
  return (
    <>
      <Button className="search-button" onPress={() => setOpen(true)}>
        <Icon name="search" />
        <span className="search-words">Go to…</span>
        <kbd aria-hidden="true">Ctrl K</kbd>
      </Button>
      <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={setOpen} isDismissable>
        <Modal className="palette">
          <Dialog aria-label="Go to">
            <Choices roles={roles} onDone={() => setOpen(false)} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

/** Milliseconds after the last key until tenants are searched. */
const SETTLE_MS = 250;

/** Tenants that are offered at most. */
const MOST_TENANTS = 5;

interface Choice {
  label: string;
  to: string;
  /** Everything by which it is found. */
  text: string;
}

function Choices({ roles, onDone }: { roles: readonly Role[]; onDone: () => void }) {
  const [text, setText] = useState('');
  const [, navigate] = useLocation();
  const typed = text.trim().toLowerCase();
  const shown = [...choicesFor(typed, roles), ...useTenantsNamed(typed, mayCall(roles, 'listTenants'))];
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Page, tenant or id" autoFocus className="palette-search">
        <Input placeholder="Page, beginning of a tenant’s name, or an id" />
      </SearchField>
      <Menu
        aria-label="Results"
        className="menu"
        items={shown}
        renderEmptyState={() => (
          <p className="menu-empty">
            No page and no tenant of this name. A removed tenant is found by its id only. Ids must be complete.
          </p>
        )}
        onAction={(to) => {
          navigate(String(to));
          onDone();
        }}
      >
        {({ label, to }) => (
          <MenuItem id={to} className="menu-item">
            {label}
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  );
}

/** Tenants whose name begins with what is typed, also those that are gone, once typing pauses. */
function useTenantsNamed(typed: string, mayList: boolean): Choice[] {
  const name = useSettled(typed, SETTLE_MS);
  const key: Key = ['tenant', { palette: name }];
  const { data } = useQuery({
    queryKey: key,
    enabled: mayList && /^[a-z0-9-]{2,63}$/.test(name),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/tenants', { params: { query: { name, state: 'all', limit: MOST_TENANTS } }, signal })),
  });
  // The last answer stays while the next one is read, so it may be one to another text.
  return (data?.items ?? [])
    .filter(({ tenantName }) => name !== '' && tenantName.startsWith(typed))
    .map(({ tenantId, tenantName, state }) => ({
      label: `Tenant ${tenantName} (${inWords(state)})`,
      to: `/tenants/${tenantId}`,
      text: tenantName,
    }));
}

function choicesFor(text: string, roles: readonly Role[]): Choice[] {
  const pages = PAGES.filter(({ icon, needs }) => icon && mayCall(roles, needs)).map(({ label, path, words = '' }) => ({
    label,
    to: path,
    text: `${label} ${words}`.toLowerCase(),
  }));
  const ids = IDS.filter(([form]) => form.test(text)).map(([, label, to]) => ({ label, to: to(text), text }));
  return [...ids, ...pages.filter((choice) => choice.text.includes(text))];
}
