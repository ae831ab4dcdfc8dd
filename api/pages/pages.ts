import path from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import swaggerUi from 'swagger-ui-dist';
import { isProblemType, PROBLEMS, ApiProblem } from '../problems';
import { DOCS_POLICY, PAGE_POLICY } from '../security-headers';
import { escapeHtml, htmlPage } from './html';

const CLAIM = `<p>Your first password and the API keys are shown <strong>once</strong>. Have a safe place ready to keep them.</p>
<noscript><p class="error">This page needs JavaScript: the link’s token is kept out of server logs that way.</p></noscript>
<p><button id="claim" type="button" hidden>Show the credentials</button></p>
<p id="message" role="status"></p>
<dl id="credentials"></dl>`;

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

/** Swagger UI's own files; its map files are not worth a megabyte of public surface. */
const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const DOCS = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tenant provisioner API</title>
<link rel="icon" href="/assets/swagger/favicon-32x32.png"><link rel="stylesheet" href="/assets/swagger/swagger-ui.css">
</head><body><div id="docs"></div><script src="/assets/swagger/swagger-ui-bundle.js"></script><script src="/assets/docs.js"></script></body></html>`;

/** Pages for people: the claim of credentials, what the links of mails lead to, the API's documentation, what each problem means. */
export function pages(): Router {
  const router = Router();
  const swagger = swaggerUi.getAbsoluteFSPath();
  router.get('/', (_request, response) => response.redirect(302, '/docs'));
  router.get(
    '/claim',
    page(PAGE_POLICY, () => htmlPage('Your credentials', CLAIM, 'claim.js')),
  );
  // Mails link to /open#/v1/…: a browser sends no token by itself, so the API's own address would answer 401.
  router.get(
    '/open',
    page(PAGE_POLICY, () => htmlPage('Tenant provisioner', OPEN, 'open.js')),
  );
  router.get(
    '/docs',
    page(DOCS_POLICY, () => DOCS),
  );
  router.get(
    '/problems',
    page(PAGE_POLICY, () => htmlPage('Problems', PROBLEM_LIST)),
  );
  router.get(
    '/problems/:type',
    page(PAGE_POLICY, ({ params }) => problemPage(String(params['type']))),
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

function problemPage(type: string): string {
  if (!isProblemType(type)) throw new ApiProblem('not-found');
  const { title, status, about } = PROBLEMS[type];
  return htmlPage(title, `<p>HTTP status ${status}, problem <code>${type}</code></p><p>${escapeHtml(about)}</p>`);
}
