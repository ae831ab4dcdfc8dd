import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import express from 'express';
import request from 'supertest';
import { cookiesFor } from '../../../api/staff/cookies';

const withCookie = (cookie: string): IncomingMessage =>
  Object.assign(new IncomingMessage(new Socket()), { headers: { cookie } });

async function setBy(publicUrl: string): Promise<string[]> {
  const cookies = cookiesFor(publicUrl);
  const app = express().get('/', (_request, response) => {
    cookies.set(response, 'session', 'abc');
    cookies.clear(response, 'signIn');
    response.end();
  });
  return (await request(app).get('/')).get('Set-Cookie') ?? [];
}

test('over TLS, cookies are bound to this host and never sent in the clear', async () => {
  const [session, signIn] = await setBy('https://provisioner.example');
  expect(session).toBe('__Host-console_session=abc; Path=/; HttpOnly; Secure; SameSite=Lax');
  expect(signIn).toMatch(
    /^__Host-console_sign_in=; Path=\/; Expires=Thu, 01 Jan 1970 .*; HttpOnly; Secure; SameSite=Lax$/,
  );
});

test('on this machine without TLS, browsers keep the cookies under plain names', async () => {
  const [session] = await setBy('http://127.0.0.1:8080');
  expect(session).toBe('console_session=abc; Path=/; HttpOnly; SameSite=Lax');
});

test('over TLS, a cookie that another host may have planted is not read', () => {
  const { read } = cookiesFor('https://provisioner.example');
  expect(read(withCookie('a=b; __Host-console_session=abc; c=d'), 'session')).toBe('abc');
  expect(read(withCookie('console_session=abc'), 'session')).toBeUndefined();
  expect(read(withCookie('x__Host-console_session=abc'), 'session')).toBeUndefined();
});

test('a value with characters that are never set is not read', () => {
  const { read } = cookiesFor('http://127.0.0.1');
  for (const value of ['', '"abc"', 'a b', 'ä', 'x'.repeat(4_001)])
    expect(read(withCookie(`console_session=${value}`), 'session')).toBeUndefined();
});
