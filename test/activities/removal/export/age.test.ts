import { newIdentity, openAge, sealAge } from '../../../../activities/removal/export/age';
import { identityBytes, identityText, isRecipient } from '../../../../contract/exports/age-keys';

/** A file and its key, made with the age command 1.3.2 (Go). */
const FROM_GO = {
  identity: 'AGE-SECRET-KEY-1CVN4YCFQXZHM4AD30U9LRLHG3S80ZCDTVYH3AJF5J49KLWLVPG3QCXMEAY',
  recipient: 'age12paeymf4ekwzfzkt5ea2wtaf579aelkmaqd29ngnf7tnufvwwfrqsrwvqz',
  file: 'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBCQUYxSEMySGNmSHM3U1ZQTUNtMjBHbzNIakhBYmsrWTNSRWczdUVWWkVnCmYxZXdPYzBDNjZYTzdWcmZvclpBdmt1OVJYcnQyZ2ZqZ20vZDFhVTZvTGcKLS0tIDZpK084UElxeGZPQjhkZ21nYXU1UkZEbWNQeFBDMG5JRjJPeldtNk9IREUKabbNhYMESA8UvZIkJ0Dpaj068isElsx3Wy7rqx01NCq8fHTwqvy/T/vV7VpAIwYOcdCmbZSWgqQ=',
};

async function* cut(content: Buffer, bytes: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < content.length; at += bytes) yield await Promise.resolve(content.subarray(at, at + bytes));
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a file that the age command made is decrypted, however it is cut into pieces', async () => {
  for (const bytes of [1, 7, 1_000])
    expect((await all(openAge(FROM_GO.identity, cut(Buffer.from(FROM_GO.file, 'base64'), bytes)))).toString()).toBe(
      'written by age 1.3 in Go',
    );
});

test.each([0, 1, 65_535, 65_536, 65_537, 200_000])('%d bytes come back as they were', async (bytes) => {
  const { identity, recipient } = await newIdentity();
  const plain = Buffer.alloc(bytes, 'content');
  const sealed = await all(sealAge(recipient, cut(plain, 9_999)));
  expect(sealed.includes('contentcontent')).toBe(false);
  expect((await all(openAge(identity, cut(sealed, 70_001)))).equals(plain)).toBe(true);
});

test('a file that was changed, cut off or extended is refused', async () => {
  const { identity, recipient } = await newIdentity();
  const sealed = await all(sealAge(recipient, cut(Buffer.alloc(150_000, 'x'), 65_536)));
  const changed = Buffer.from(sealed);
  changed[sealed.length - 70_000]! ^= 1;
  for (const spoilt of [
    changed,
    sealed.subarray(0, -1),
    sealed.subarray(0, -20_000),
    Buffer.concat([sealed, Buffer.alloc(20)]),
  ])
    await expect(all(openAge(identity, cut(spoilt, 65_536)))).rejects.toMatchObject({ type: 'OutcomeUnknown' });
});

test('a key is stored as 32 bytes and written as age writes it', () => {
  expect(identityText(identityBytes(FROM_GO.identity))).toBe(FROM_GO.identity);
});

test('a recipient with a typing error, a secret key and another kind of recipient are refused', () => {
  expect(isRecipient(FROM_GO.recipient)).toBe(true);
  const typo = FROM_GO.recipient.replace('age12p', 'age12q');
  for (const text of [typo, FROM_GO.identity, 'age1pq1qqqq', '', FROM_GO.recipient.toUpperCase()])
    expect(isRecipient(text)).toBe(false);
});
