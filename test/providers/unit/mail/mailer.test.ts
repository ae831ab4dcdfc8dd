import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { createMailer, mailId, type Mail, type Mailer } from '../../../../providers/mail/mailer';

const FROM = 'provisioning@example.com';
const MAIL: Mail = {
  to: 'ann@example.net',
  subject: 'Grüße',
  text: 'hello',
  html: '<p>hello</p>',
  language: 'de-DE',
  messageId: mailId('op_abc', 'welcome'),
};

describe('a mailer on a real SMTP server', () => {
  let server: SMTPServer | undefined;
  let received: { recipients: string[]; raw: string }[] = [];

  const start = async (options: SMTPServerOptions = {}): Promise<Mailer> => {
    received = [];
    server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          received.push({ recipients, raw: Buffer.concat(chunks).toString('utf8') });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    return createMailer({ url: `smtp://127.0.0.1:${port}`, from: FROM });
  };
  const rejection = async (sending: Promise<void>, mailer: Mailer) => {
    const error: unknown = await sending.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeDefined();
    return mailer.classify(error, 'mail welcome of op_abc');
  };
  const refuse = (responseCode: number): SMTPServerOptions => ({
    onRcptTo: ({ address }, _session, done) =>
      done(Object.assign(new Error(`mailbox ${address} unavailable`), { responseCode })),
  });

  afterEach(async () => {
    await new Promise<void>((resolve) => (server ? server.close(resolve) : resolve()));
    server = undefined;
  });

  test('delivers text and HTML to the single recipient, marked as automatic mail', async () => {
    const mailer = await start();
    await mailer.ping(AbortSignal.timeout(5_000));
    await mailer.send(MAIL);
    expect(received).toHaveLength(1);
    const [{ recipients, raw }] = received as [{ recipients: string[]; raw: string }];
    expect(recipients).toEqual(['ann@example.net']);
    expect(raw).toMatch(/^From: provisioning@example\.com\r$/m);
    expect(raw).toMatch(/^To: ann@example\.net\r$/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).toMatch(/^Content-Language: de-DE\r$/m);
    expect(raw).toContain('Content-Type: multipart/alternative');
    expect(raw).toContain('Content-Type: text/plain');
    expect(raw).toContain('Content-Type: text/html');
    await mailer.close();
  });

  test('carries umlauts in subject and both parts, and lets no subject add a header', async () => {
    const mailer = await start();
    await mailer.send({
      ...MAIL,
      subject: 'Größe ändern\r\nBcc: eve@example.org',
      text: 'Schöne Grüße',
      html: '<p>Schöne Grüße</p>',
    });
    const [{ recipients, raw }] = received as [{ recipients: string[]; raw: string }];
    expect(recipients).toEqual(['ann@example.net']);
    expect(raw).not.toMatch(/^Bcc:/im);
    expect(raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(raw.match(/^Content-Type: text\/(?:plain|html); charset=utf-8\r$/gim)).toHaveLength(2);
    expect(raw.match(/Sch=C3=B6ne Gr=C3=BC=C3=9Fe/g)).toHaveLength(2);
    await mailer.close();
  });

  test('gives a repeated mail the same Message-ID, and another purpose or occurrence a different one', async () => {
    const mailer = await start();
    await mailer.send(MAIL);
    await mailer.send(MAIL);
    await mailer.send({ ...MAIL, messageId: mailId('op_abc', 'on_hold') });
    await mailer.send({ ...MAIL, messageId: mailId('op_abc', 'on_hold', 0, '1-x') });
    const ids = received.map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1]);
    expect(ids).toEqual([
      '<op_abc.welcome.0@example.com>',
      '<op_abc.welcome.0@example.com>',
      '<op_abc.on_hold.0@example.com>',
      '<op_abc.on_hold.0.1-x@example.com>',
    ]);
  });

  test('lets no subject inject a header', async () => {
    const mailer = await start();
    await mailer.send({ ...MAIL, subject: 'Acme\r\nBcc: eve@example.org\r\n\r\nhello' });
    const [{ recipients, raw }] = received as [{ recipients: string[]; raw: string }];
    expect(recipients).toEqual(['ann@example.net']);
    expect(raw).toMatch(/^Subject: Acme Bcc: eve@example\.org hello\r$/m);
    expect(raw).not.toMatch(/^Bcc:/m);
  });

  test.each(['sales&marketing', 'a/b', 'user=x', '#1', 'me!', '~me', "!#$%&'*+-/=?^_`{|}~"])(
    'delivers to the local part %s',
    async (local) => {
      const mailer = await start();
      await mailer.send({ ...MAIL, to: `${local}@example.net` });
      expect(received.map(({ recipients }) => recipients)).toEqual([[`${local}@example.net`]]);
      await mailer.close();
    },
  );

  test.each([
    'ann@example.net, eve@example.org',
    'ann@example.net\r\nBcc: eve@example.org',
    'Ann <ann@example.net>',
    'ann@example.net\u202e',
    'ann@@example.net',
    'ann',
    '',
  ])('refuses a recipient that is not exactly one address: %j', async (to) => {
    const mailer = await start();
    expect(await rejection(mailer.send({ ...MAIL, to }), mailer)).toMatchObject({ type: 'ProviderRefused' });
    expect(received).toHaveLength(0);
  });

  test.each([
    [450, 'ProviderUnavailable', false],
    [452, 'ProviderUnavailable', false],
    [550, 'ProviderRefused', true],
    [553, 'ProviderRefused', true],
  ])('classifies an answer of %i as %s, without quoting the recipient', async (code, type, nonRetryable) => {
    const mailer = await start(refuse(code));
    const classified = await rejection(mailer.send(MAIL), mailer);
    expect(classified).toMatchObject({ type, nonRetryable });
    expect(classified?.message).toContain(String(code));
    expect(`${classified?.message} ${String(classified?.cause)} ${classified?.cause?.stack}`).not.toContain('ann@');
  });

  test('classifies a wrong password as a refusal', async () => {
    const mailer = await start({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('no')),
    });
    const url = `smtp://user:wrong@127.0.0.1:${(server!.server.address() as AddressInfo).port}`;
    const classified = await rejection(createMailer({ url, from: FROM }).send(MAIL), mailer);
    expect(classified).toMatchObject({ type: 'ProviderRefused', nonRetryable: true });
    expect(classified?.message).not.toContain('wrong');
  });

  test('classifies a refused connection as an unavailable server', async () => {
    const mailer = await start();
    await new Promise<void>((resolve) => server!.close(resolve));
    server = undefined;
    expect(await rejection(mailer.send(MAIL), mailer)).toMatchObject({ type: 'ProviderUnavailable' });
  });

  test('does not know whether a mail arrived when the connection breaks after its last line', async () => {
    const mailer = await start({
      onData: (stream, session) => {
        stream.resume();
        stream.on('end', () => {
          for (const connection of (
            server as unknown as { connections: Set<{ id: string; _socket: { destroy(): void } }> }
          ).connections)
            if (connection.id === session.id) connection._socket.destroy();
        });
      },
    });
    expect(await rejection(mailer.send(MAIL), mailer)).toMatchObject({ type: 'AnswerLost' });
  });

  test('gives up when the activity is cancelled', async () => {
    const controller = new AbortController();
    const mailer = await start({ onData: (stream) => void stream.resume().on('end', () => controller.abort()) });
    expect(await rejection(mailer.send(MAIL, controller.signal), mailer)).toMatchObject({ type: 'AnswerLost' });
  });
});
