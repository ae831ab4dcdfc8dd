import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { newTenantId } from '../../../../contract/ids';
import { databaseUrl } from '../../../../providers/postgres/cells';
import { completeMark, isMarked, mark, versionsIn } from '../../../../providers/postgres/shares/names';
import { newPassword, scramVerifier } from '../../../../providers/postgres/logins/scram';
import { fillIn, sqlFiles } from '../../../../providers/postgres/shares/sql-files';

describe('template SQL', () => {
  const sql = sqlFiles();
  const names = { schema: 's', owner: 'o', app: 'a', readonly: 'r', touch_updated_at: 't', record_change: 'c' };

  test.each(['tenant', 'audit', 'pool'] as const)(
    '%s has versions, and the newest loads with every variable filled in',
    (set) => {
      expect(sql.load(set, sql.newest(set), names)).not.toMatch(/(?<!:):["'][a-z]/);
    },
  );

  test.each(['tenant', 'audit'] as const)(
    '%s names functions after the tenant, and refers to no table by schema',
    (set) => {
      const text = sql.load(set, sql.newest(set), {
        ...names,
        touch_updated_at: 'TENANT_1',
        record_change: 'TENANT_2',
      });
      for (const [, name] of text.matchAll(/\bfunction ([^\s(]+)\(/g)) expect(name).toMatch(/^"TENANT_\d"$/);
      expect(text).not.toMatch(/in schema|relnamespace/i);
    },
  );

  test('a missing version is reported with the existing ones', () => {
    expect(() => sql.load('tenant', '9999', names)).toThrow(
      'templates/sql/tenant/9999.sql does not exist. Available versions: 0001',
    );
    expect(() => sql.load('tenant', '../pool/0001', names)).toThrow('does not exist');
  });

  test('only the missing versions are loaded', () => {
    expect(sql.load('tenant', '0001', names, '0001')).toBe('');
  });

  test('variables are quoted as psql quotes them, casts are left alone, and a missing value is an error', () => {
    expect(fillIn(`:"a" :'a' x::text '::"a"'`, { a: `q"'` })).toBe(`"q""'" 'q"''' x::text '::"a"'`);
    expect(() => fillIn(':"b"', {})).toThrow('Variable b');
  });

  test('no value escapes its quotes', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const literal = fillIn(`:'v'`, { v: value });
        expect(literal.replace(/^ E/, '').slice(1, -1).replaceAll(`''`, '')).not.toContain(`'`);
        expect(fillIn(`:"v"`, { v: value }).slice(1, -1).replaceAll('""', '')).not.toContain('"');
      }),
    );
  });
});

describe('password verifiers', () => {
  test('agree with the example of RFC 7677', () => {
    const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
    const serverKey = Buffer.from(verifier.split(':').at(-1)!, 'base64');
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=${nonce}`;
    expect(createHmac('sha256', serverKey).update(message).digest('base64')).toBe(
      '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    );
  });

  test('differ each time, and accept only passwords that need no preparation', () => {
    expect(scramVerifier('x')).not.toBe(scramVerifier('x'));
    expect(() => scramVerifier('grün')).toThrow('ASCII');
    expect(() => scramVerifier('')).toThrow('ASCII');
  });

  test('a new password needs no escaping in a connection string', () => {
    const password = newPassword();
    expect(password).toHaveLength(43);
    expect(
      databaseUrl('postgres://admin:x@host:1/postgres?sslmode=require', { database: 'd', user: 'u', password }),
    ).toBe(`postgres://u:${password}@host:1/d?sslmode=require`);
  });
});

describe('marks in comments', () => {
  test('belong to one tenant and carry the versions', () => {
    const [one, other] = [newTenantId(), newTenantId()];
    expect(isMarked(mark(one), one)).toBe(true);
    expect(isMarked(completeMark(one, { version: '0001' }), one)).toBe(true);
    expect(isMarked(mark(one), other)).toBe(false);
    expect(isMarked(`${mark(one)}x`, one)).toBe(false);
    expect(isMarked(null, one)).toBe(false);
    for (const versions of [{ version: '0001' }, { version: '0002', audit: '0001' }]) {
      expect(versionsIn(completeMark(one, versions), one)).toEqual(versions);
      expect(versionsIn(completeMark(one, versions), other)).toBeUndefined();
      expect(versionsIn(`${completeMark(one, versions)} more`, one)).toBeUndefined();
    }
    expect(versionsIn(mark(one), one)).toBeUndefined();
    expect(() => mark(`x' or 1`)).toThrow('Not a tenant id');
  });
});
