import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import express from 'express';
import request from 'supertest';
import { consoleAssets, consolePage } from '../../../api/console/static';

const SCRIPT = 'export const answer = 42;';
const PAGE = '<!doctype html><base href="/console/" /><script type="module" src="./assets/main-abc.js"></script>';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'console-'));
  mkdirSync(path.join(dir, 'assets'));
  writeFileSync(path.join(dir, 'index.html'), PAGE);
  writeFileSync(path.join(dir, 'assets/main-abc.js'), SCRIPT);
  writeFileSync(path.join(dir, 'assets/main-abc.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(path.join(dir, 'assets/main-abc.js.gz'), gzipSync(SCRIPT));
});
afterAll(() => rmSync(dir, { recursive: true }));

function appOf(publicUrl = 'https://provisioner.example', files = dir) {
  return express().use(
    consoleAssets({ dir: files, publicUrl }),
    consolePage({ dir: files, publicUrl }),
    (_request, response) => void response.status(404).send('not here'),
  );
}

describe('the console’s files', () => {
  test.each(['/console/', '/console/operations/op_a2b3c4d5e6f7g2h3i4j5', '/console/tenants'])(
    '%s answers the page, which is never cached and runs only its own scripts',
    async (at) => {
      const { status, text, headers } = await request(appOf()).get(at);
      expect(status).toBe(200);
      expect(text).toContain('assets/main-abc.js');
      expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' });
      const policy = headers['content-security-policy']!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("base-uri 'self'");
      expect(policy).not.toContain('unsafe');
    },
  );

  test('the page names the path prefix of the public URL', async () => {
    const { text } = await request(appOf('https://example.com/provisioner/')).get('/console/');
    expect(text).toContain('<base href="/provisioner/console/"');
  });

  test('the address without its slash leads to the one with it, below the prefix', async () => {
    const { status, headers } = await request(appOf('https://example.com/provisioner')).get('/console');
    expect({ status, location: headers['location'] }).toEqual({ status: 308, location: '/provisioner/console/' });
  });

  test.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['identity', undefined],
  ])('a script is sent as %s where the browser takes it, and kept for a year', async (accepted, encoding) => {
    const { status, text, headers } = await request(appOf())
      .get('/console/assets/main-abc.js')
      .set('accept-encoding', accepted)
      .buffer()
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => void chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });
    expect(status).toBe(200);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers['content-type']).toMatch(/javascript/);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['vary']?.toLowerCase()).toContain('accept-encoding');
    expect(text ?? '').not.toContain('not here');
  });

  test('a script of an older build is not answered with the page', async () => {
    const { status, text } = await request(appOf()).get('/console/assets/main-old.js');
    expect({ status, text }).toEqual({ status: 404, text: 'not here' });
  });

  test.each([
    '/console/..%2f..%2fpackage.json',
    '/console/assets/..%2f..%2fpackage.json',
    '/console/assets/..%2findex.html',
    '/console/index.html',
  ])('%s does not lead out of the folder', async (at) => {
    const { status } = await request(appOf()).get(at);
    expect([403, 404]).toContain(status);
  });

  test('without a build, the page says how to make one', async () => {
    const { status, text } = await request(appOf(undefined, path.join(dir, 'nothing'))).get('/console/');
    expect(status).toBe(503);
    expect(text).toContain('npm run build');
  });
});
