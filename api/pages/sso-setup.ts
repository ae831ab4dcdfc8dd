/** The page behind a link for setting up single sign-on. `assets/sso-setup.js` fills it once a person has pressed its button. */
export const SSO_SETUP = `<p>Your people will sign in at your company’s own identity provider. You need someone who can publish a DNS record of your e-mail domains,
and someone who can register an application at the identity provider.</p>
<noscript><p class="error">This page needs JavaScript, which keeps the link’s token out of server logs.</p></noscript>
<p><button id="claim" type="button" hidden>Begin</button></p>
<p id="message" role="status"></p>
<div id="setup" hidden>
<section aria-labelledby="domains-title"><h2 id="domains-title">1. Prove your e-mail domains</h2>
<p>Only people with an address in a proved domain can sign in. Publish each TXT record in the DNS of its domain and leave it there: it is looked for
again every day.</p>
<ul id="domains"></ul>
<form id="add-domain"><label>Domain<input name="domain" autocomplete="off" placeholder="example.com" required></label><button>Add</button></form>
</section>
<section aria-labelledby="urls-title"><h2 id="urls-title">2. Register us at your identity provider</h2>
<p>For OpenID Connect, create a confidential web application that sends the claim <code>email</code>. For SAML, the subject (NameID) must be the
e-mail address, and assertions must be signed.</p>
<dl id="urls"></dl></section>
<section aria-labelledby="connection-title"><h2 id="connection-title">3. Test and activate</h2>
<form id="connection">
<fieldset><legend>Your identity provider uses</legend>
<label><input type="radio" name="protocol" value="oidc" checked> OpenID Connect</label>
<label><input type="radio" name="protocol" value="metadataUrl"> SAML, metadata by URL</label>
<label><input type="radio" name="protocol" value="metadata"> SAML, metadata as XML</label></fieldset>
<fieldset data-protocol="oidc"><legend>OpenID Connect</legend>
<label>Issuer<input name="issuer" type="url" autocomplete="off" placeholder="https://login.example.com" required></label>
<label>Client id<input name="clientId" autocomplete="off" required></label>
<label>Client secret<input name="clientSecret" type="password" autocomplete="off"></label></fieldset>
<fieldset data-protocol="metadataUrl" hidden disabled><legend>SAML</legend>
<label>URL of the metadata<input name="metadataUrl" type="url" autocomplete="off" required></label></fieldset>
<fieldset data-protocol="metadata" hidden disabled><legend>SAML</legend>
<label>Metadata<textarea name="metadata" rows="8" spellcheck="false" required></textarea></label></fieldset>
<button id="test">Test</button> <button id="activate" type="button" disabled>Activate</button>
</form>
<ul id="findings" role="status"></ul>
</section></div>`;
