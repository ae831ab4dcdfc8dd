import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../fetching/cache';
import { withPorts, type ServerContext, type StartServer } from '../processes/context';
import { npmInstall } from '../fetching/npm';

const VERSION = '3.0.0';

/**
 * Starts MailDev, which accepts every mail by SMTP, delivers none, and shows them on a web page and as JSON. Mails are kept between runs.
 */
export const startMail: StartServer = async (context) => {
  const script = await findMaildev(context);
  context.tell('starting');
  const mails = join(context.dir, 'mails');
  mkdirSync(mails, { recursive: true, mode: 0o700 });
  return withPorts(context.state, ['mail.smtp', 'mail.web'], async (ports) => {
    const ui = `http://127.0.0.1:${ports['mail.web']}`;
    await context.spawn({
      name: 'mail',
      command: process.execPath,
      args: [
        script,
        ...['--smtp', String(ports['mail.smtp']), '--ip', '127.0.0.1'],
        ...['--web', String(ports['mail.web']), '--web-ip', '127.0.0.1'],
        ...['--mail-directory', mails, '--max-emails', '1000'],
      ],
      isReady: async () => (await fetch(`${ui}/api/healthz`)).ok,
    });
    return { mail: { smtp: `smtp://127.0.0.1:${ports['mail.smtp']}`, ui, api: `${ui}/api/email` } };
  });
};

async function findMaildev(context: ServerContext): Promise<string> {
  const fill = async (into: string): Promise<void> => {
    context.tell('fetching', `MailDev ${VERSION} from npm`);
    await npmInstall([`maildev@${VERSION}`], { into, signal: context.signal });
  };
  const dir = await cached(`maildev-${VERSION}`, fill, { signal: context.signal });
  context.tell('found', `MailDev ${VERSION} in the cache`);
  return join(dir, 'node_modules', 'maildev', 'dist', 'bin', 'maildev.js');
}
