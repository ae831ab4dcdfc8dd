import { offerClaim, say, sayIncomplete } from './claim-once.js';

const shown = document.getElementById('key');

const offered = offerClaim(location.hash, {
  path: 'export:claim',
  what: 'the key',
  refused: 'This link is wrong or already used, or the export is no longer there.',
  reveal({ identity, recipient }) {
    say('Save this text as key.txt now. It will not be shown again, and the export cannot be read without it.');
    shown.textContent = `# public key: ${recipient}\n${identity}`;
    shown.hidden = false;
  },
});
if (!offered) sayIncomplete();
