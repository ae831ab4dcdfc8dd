import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { signOut, type Session } from '../api/session';
import { Icon } from '../parts/icon';
import { THEMES, useTheme, type Theme } from './theme';

const THEME_LABELS: Record<Theme, string> = { system: 'As the device', light: 'Light', dark: 'Dark' };

/** Who is signed in, the theme, and the way out. */
export function PersonMenu({ session: { user } }: { session: Session }) {
  const [theme, setTheme] = useTheme();
  return (
    <MenuTrigger>
      <Button className="person-button" aria-label={`${user.name}: theme and sign-out`}>
        <Icon name="person" />
        <span className="person-name">{user.name}</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <p className="popover-note">
          <strong>{user.name}</strong>
          <br />
          {user.roles.join(', ') || 'No roles'}
        </p>
        <Menu className="menu">
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => setTheme([...keys][0] as Theme)}
          >
            <Header className="menu-header">Theme</Header>
            {THEMES.map((each) => (
              <MenuItem key={each} id={each} className="menu-item">
                {({ isSelected }) => (
                  <>
                    <span className="menu-mark">{isSelected && <Icon name="check" />}</span>
                    {THEME_LABELS[each]}
                  </>
                )}
              </MenuItem>
            ))}
          </MenuSection>
          <Separator className="menu-line" />
          <MenuItem className="menu-item" onAction={() => void signOut()}>
            <span className="menu-mark">
              <Icon name="leave" />
            </span>
            Sign out
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
