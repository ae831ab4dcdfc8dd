import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import express from 'express';
import request from 'supertest';
import { cookiesFor } from '../../../api/staff/cookies';

const withCookie = (cookie: string): IncomingMessage =>
  Object.assign(new IncomingMessage(new Socket()), { headers: { cookie } });

const STATE = 'abcdefghijkl-the-rest-is-not-part-of-a-name';

/** What a browser with these cookies is told to keep when a session and a sign-in begin. */
async function setBy(publicUrl: string, cookie = ''): Promise<string[]> {
  const cookies = cookiesFor(publicUrl);
  const app = express().get('/', (asked, response) => {
    cookies.setSession(response, 'abc');
    cookies.keepSignIn(asked, response, STATE, 'sealed', 60_000);
    response.end();
  });
  return (await request(app).get('/').set('cookie', cookie)).get('Set-Cookie') ?? [];
}

test('over TLS, cookies are bound to this host and never sent in the clear', async () => {
  const [session, signIn] = await setBy('https://provisioner.example');
  expect(session).toBe('__Host-console_session=abc; Path=/; HttpOnly; Secure; SameSite=Lax');
  expect(signIn).toMatch(
    /^__Host-console_sign_in\.abcdefghijkl=sealed; Max-Age=60; Path=\/; Expires=.*; HttpOnly; Secure; SameSite=Lax$/,
  );
});

test('on this machine without TLS, browsers keep the cookies under plain names', async () => {
  const [session] = await setBy('http://127.0.0.1:8080');
  expect(session).toBe('console_session=abc; Path=/; HttpOnly; SameSite=Lax');
});

test('two consoles on one host, each behind a prefix, do not read each other’s cookies', async () => {
  const [session] = await setBy('https://ops.example/eu/provisioner');
  expect(session).toMatch(/^__Host-console_session_eu_provisioner=abc; Path=\//);
  const cookie = withCookie('__Host-console_session_eu_provisioner=abc');
  expect(cookiesFor('https://ops.example/eu/provisioner').readSession(cookie)).toBe('abc');
  expect(cookiesFor('https://ops.example/us/provisioner').readSession(cookie)).toBeUndefined();
  expect(cookiesFor('https://ops.example').readSession(cookie)).toBeUndefined();
});

test('over TLS, a cookie that another host may have planted is not read', () => {
  const { readSession } = cookiesFor('https://provisioner.example');
  expect(readSession(withCookie('a=b; __Host-console_session=abc; c=d'))).toBe('abc');
  expect(readSession(withCookie('console_session=abc'))).toBeUndefined();
  expect(readSession(withCookie('x__Host-console_session=abc'))).toBeUndefined();
});

test('a value with characters that are never set is not read', () => {
  const { readSession } = cookiesFor('http://127.0.0.1');
  for (const value of ['', '"abc"', 'a b', 'ä', 'x'.repeat(4_001)])
    expect(readSession(withCookie(`console_session=${value}`))).toBeUndefined();
});

test('each tab finds the sign-in that it has begun, and the one of another tab stays', async () => {
  const cookies = cookiesFor('http://127.0.0.1');
  const other = `zyxwvutsrqpo${STATE}`;
  const cookie = 'console_sign_in.abcdefghijkl=first; console_sign_in.zyxwvutsrqpo=second';
  const taken: (string | undefined)[] = [];
  const app = express().get('/', (asked, response) => {
    taken.push(cookies.takeSignIn(asked, response, other), cookies.takeSignIn(asked, response, 'short'));
    response.end();
  });
  const forgotten = (await request(app).get('/').set('cookie', cookie)).get('Set-Cookie') ?? [];
  expect(taken).toEqual(['second', undefined]);
  expect(forgotten).toEqual([expect.stringMatching(/^console_sign_in\.zyxwvutsrqpo=; .*Expires=Thu, 01 Jan 1970/)]);
});

test('a browser that begins one sign-in after another keeps only a few', async () => {
  const begun = [1, 2, 3, 4, 5].map((n) => `console_sign_in.${String(n).repeat(12)}`);
  const set = await setBy('http://127.0.0.1', begun.map((name) => `${name}=x`).join('; '));
  expect(set.filter((each) => each.includes('01 Jan 1970')).map((each) => each.split('=')[0])).toEqual(begun);
  expect(set.at(-1)).toMatch(/^console_sign_in\.abcdefghijkl=sealed/);
});
