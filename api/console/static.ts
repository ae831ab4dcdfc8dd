import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import { htmlPage } from '../pages/html';
import { pathPrefix } from '../http/path-prefix';
import { PAGE_POLICY } from '../http/security-headers';

/** Content security policy of the console: as for our other pages, and its `<base>` may say where it is served. */
const CONSOLE_POLICY = PAGE_POLICY.replace("base-uri 'none'", "base-uri 'self'");

const NOT_BUILT = `<p>The API runs, but the console’s files are not in <code>CONSOLE_DIR</code>.</p>
<p>If the servers have just been started, they are still being built: reload this page in a few seconds. Otherwise run <code>npm run build</code>.</p>`;

const FOREVER = 'public, max-age=31536000, immutable';

/** What the console is served from. */
export interface ConsoleFiles {
  /** Folder with the built console. It may still be empty. */
  dir: string;
  publicUrl: string;
}

/** The console's scripts and styles. Their names change with their content, so a browser keeps them for a year. */
export function consoleAssets({ dir }: ConsoleFiles): Router {
  const folder = path.resolve(dir, 'assets');
  const router = Router();
  router.use('/console/assets', precompressed(folder), serve(folder));
  return router;
}

/** The console's page, at every path below `/console/` that is not another route: the page itself reads the path. */
export function consolePage({ dir, publicUrl }: ConsoleFiles): Router {
  const router = Router();
  router.get('/console{/*path}', page(dir, pathPrefix(publicUrl)));
  return router;
}

function page(dir: string, prefix: string): RequestHandler {
  const base = `${prefix}/console/`;
  return ({ path: asked }, response, next) => {
    // Relative addresses need the slash.
    if (asked === '/console') return response.redirect(308, base);
    // A script of an older build must not be answered with a page.
    if (path.extname(asked) !== '') return next();
    const html = readPage(dir);
    response.set({ 'content-security-policy': CONSOLE_POLICY, 'cache-control': 'no-cache' }).type('html');
    if (html === undefined)
      return void response.status(503).send(htmlPage(prefix, 'The console is not built', NOT_BUILT));
    response.send(html.replace('<base href="/console/"', `<base href="${base}"`));
  };
}

/** Read at each request: it is small, and a later build then needs no restart. */
function readPage(dir: string): string | undefined {
  try {
    return readFileSync(path.resolve(dir, 'index.html'), 'utf8');
  } catch {
    return undefined;
  }
}

function serve(folder: string): RequestHandler {
  const setHeaders = (response: { setHeader(name: string, value: string): unknown }): void =>
    void response.setHeader('cache-control', FOREVER);
  return express.static(folder, { index: false, redirect: false, cacheControl: false, setHeaders });
}

/** Encodings in which the build also writes a file, the smaller first, with the ending of its name. */
const ENCODINGS: Record<string, string> = { br: '.br', gzip: '.gz' };

/** Answers with a compressed copy where there is one and the browser takes it. */
function precompressed(folder: string): RequestHandler {
  return (request, response, next) => {
    const name = path.basename(request.path);
    const accepted = request.acceptsEncodings(...Object.keys(ENCODINGS));
    const copy = `${name}${ENCODINGS[String(accepted)]}`;
    response.vary('accept-encoding');
    if (accepted === false || !existsSync(path.join(folder, copy))) return next();
    response.set({ 'content-encoding': accepted, 'cache-control': FOREVER }).type(path.extname(name));
    response.sendFile(copy, { root: folder, cacheControl: false });
  };
}
