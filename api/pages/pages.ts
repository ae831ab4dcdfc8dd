import path from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import { isProblemType, PROBLEMS } from '../http/problem-types';
import { ApiProblem } from '../http/problems';
import { DOCS_POLICY, PAGE_POLICY } from '../http/security-headers';
import { pathPrefix } from '../http/path-prefix';
import { escapeHtml, htmlPage, underPrefix } from './html';
import { SSO_SETUP } from './sso-setup';

const CLAIM = `<p>Your first password and the API keys are shown <strong>once</strong>. Have a safe place ready to store them.</p>
<noscript><p class="error">This page needs JavaScript, which keeps the link’s token out of server logs.</p></noscript>
<p><button id="claim" type="button" hidden>Show the credentials</button></p>
<p id="message" role="status"></p>
<dl id="credentials"></dl>`;

const EXPORT_KEY = `<p>The key of the export is shown <strong>once</strong>. Have a safe place ready to store it.</p>
<noscript><p class="error">This page needs JavaScript, which keeps the link’s token out of server logs.</p></noscript>
<p><button id="claim" type="button" hidden>Show the key</button></p>
<p id="message" role="status"></p>
<pre id="key" hidden></pre>`;

const OPEN = `<noscript><p class="error">This page needs JavaScript.</p></noscript>
<p id="message" role="status"></p>
<form id="sign-in" hidden><label>Your API token<input name="token" type="password" autocomplete="off" required></label>
<button>Sign in</button></form>
<div id="answer"></div>
<p><button id="sign-out" type="button" hidden>Sign out</button></p>`;

const PROBLEM_LIST = `<p>Every error of this API is one of these types (RFC 9457).</p>
<dl>${Object.entries(PROBLEMS)
  .map(
    ([type, { status, title }]) =>
      `<dt><a href="/problems/${type}"><code>${type}</code></a> (${status})</dt><dd>${escapeHtml(title)}</dd>`,
  )
  .join('\n')}</dl>`;

/** The Swagger UI files that the page loads. Its source maps are not worth another megabyte of public surface. */
const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const DOCS = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tenant provisioner API</title>
<link rel="icon" href="/assets/swagger/favicon-32x32.png"><link rel="stylesheet" href="/assets/swagger/swagger-ui.css">
</head><body><div id="docs"></div><script src="/assets/swagger/swagger-ui-bundle.js"></script><script src="/assets/docs.js"></script></body></html>`;

/** Pages for people: claim credentials and the key of an export, set up single sign-on, open links from mails, browse the API's documentation and look up problems. */
export function pages(publicUrl: string): Router {
  const router = Router();
  const prefix = pathPrefix(publicUrl);
  // Its main module would run the whole bundle, which takes most of a second.
  const swagger = path.dirname(require.resolve('swagger-ui-dist/package.json'));
  router.get('/', (_request, response) => response.redirect(302, `${prefix}/docs`));
  router.get(
    '/claim',
    page(PAGE_POLICY, () => htmlPage(prefix, 'Your credentials', CLAIM, 'claim.js')),
  );
  router.get(
    '/export-key',
    page(PAGE_POLICY, () => htmlPage(prefix, 'The key of your export', EXPORT_KEY, 'export-key.js')),
  );
  router.get(
    '/sso-setup',
    page(PAGE_POLICY, () => htmlPage(prefix, 'Connect your company’s sign-in', SSO_SETUP, 'sso-setup.js')),
  );
  // Mails link to /open#/v1/… because a browser sends no token by itself: the API's own path would answer 401.
  router.get(
    '/open',
    page(PAGE_POLICY, () => htmlPage(prefix, 'Tenant provisioner', OPEN, 'open.js')),
  );
  router.get(
    '/docs',
    page(DOCS_POLICY, () => underPrefix(DOCS, prefix)),
  );
  router.get(
    '/problems',
    page(PAGE_POLICY, () => htmlPage(prefix, 'Problems', PROBLEM_LIST)),
  );
  router.get(
    '/problems/:type',
    page(PAGE_POLICY, ({ params }) => problemPage(prefix, String(params['type']))),
  );
  router.get('/assets/swagger/:file', (request, response, next) => {
    const file = SWAGGER_FILES.find((name) => name === request.params.file);
    if (!file) return next();
    response.set('cache-control', 'public, max-age=86400').sendFile(path.join(swagger, file));
  });
  router.use(
    '/assets',
    express.static(path.join(__dirname, 'assets'), { index: false, redirect: false, maxAge: '1h' }),
  );
  return router;
}

function page(policy: string, render: (request: Parameters<RequestHandler>[0]) => string): RequestHandler {
  return (request, response) => {
    response.set({ 'content-security-policy': policy, 'cache-control': 'no-cache' }).type('html').send(render(request));
  };
}

function problemPage(prefix: string, type: string): string {
  if (!isProblemType(type)) throw new ApiProblem('not-found');
  const { title, status, about } = PROBLEMS[type];
  return htmlPage(
    prefix,
    title,
    `<p>HTTP status ${status}, problem <code>${type}</code></p><p>${escapeHtml(about)}</p>`,
  );
}
