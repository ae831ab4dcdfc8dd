import { offerClaim, say, sayIncomplete } from './claim-once.js';
import { show } from './shown.js';

const list = document.getElementById('credentials');
// Kept for this tab, without the token, so that after a reload the page can explain why it shows no credentials.
const SHOWN = 'credentials-shown';

function showLogin(url) {
  if (/^https?:/.test(url)) show(list, 'Log in at', url, url);
}

const offered = offerClaim(location.hash, {
  path: 'credentials:claim',
  what: 'the credentials',
  refused: 'This link is wrong, expired or already used. Ask for a new one.',
  reveal({ adminAccessUrl, username, temporaryPassword, apiKeys, monitoring }) {
    sessionStorage.setItem(SHOWN, adminAccessUrl);
    say('Save these now: they will not be shown again.');
    showLogin(adminAccessUrl);
    if (username) show(list, 'User name', username);
    show(list, 'Temporary password, to be changed at the first login', temporaryPassword);
    for (const [name, key] of Object.entries(apiKeys)) show(list, `API key “${name}”`, key);
    if (monitoring) show(list, `Monitoring key, for ${monitoring.endpoint}`, monitoring.key);
  },
});
if (!offered && sessionStorage.getItem(SHOWN) !== null) {
  say('The credentials were already shown and cannot be shown again. If you did not save them, ask for a new link.');
  showLogin(sessionStorage.getItem(SHOWN));
} else if (!offered) sayIncomplete();
