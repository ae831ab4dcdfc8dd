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
import { Icon } from '../parts/icon';
import { PAGES } from '../routes';

/** An operation's or a tenant's id leads to its page. */
const IDS: readonly [RegExp, string, (id: string) => string][] = [
  [/^op_[a-z2-9]{20}$/, 'Open operation', (id) => `/operations/${id}`],
  [/^[a-z2-9]{16}$/, 'Open tenant', (id) => `/tenants/${id}`],
];

/** Opens any page by its name, and anything by its id: Ctrl K, or ⌘ K. */
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

interface Choice {
  label: string;
  to: string;
  /** Everything by which it is found. */
  text: string;
}

function Choices({ roles, onDone }: { roles: readonly Role[]; onDone: () => void }) {
  const [text, setText] = useState('');
  const [, navigate] = useLocation();
  const shown = choicesFor(text.trim().toLowerCase(), roles);
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Page, operation id or tenant id" autoFocus className="palette-search">
        <Input placeholder="Page, operation id or tenant id" />
      </SearchField>
      <Menu
        aria-label="Results"
        className="menu"
        items={shown}
        renderEmptyState={() => <p className="menu-empty">Nothing of this name. Ids must be complete.</p>}
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

function choicesFor(text: string, roles: readonly Role[]): Choice[] {
  const pages = PAGES.filter(({ icon, needs }) => icon && mayCall(roles, needs)).map(({ label, path, words = '' }) => ({
    label,
    to: path,
    text: `${label} ${words}`.toLowerCase(),
  }));
  const ids = IDS.filter(([form]) => form.test(text)).map(([, label, to]) => ({ label, to: to(text), text }));
  return [...ids, ...pages.filter((choice) => choice.text.includes(text))];
}
