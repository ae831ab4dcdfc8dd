import { createSocket, type Socket } from 'node:dgram';

/** Response codes of RFC 1035 §4.1.1. */
const NO_ERROR = 0;
const SERVER_FAILURE = 2;
const NAME_ERROR = 3;
const TXT = 16;
const LONGEST_TEXT = 255;

/** A name server that answers questions for TXT records, over UDP and on loopback. */
export interface NameServer {
  /** `127.0.0.1:<port>`. */
  address: string;
  /** The records by name: each a list of the values of its records. A name that is not here does not exist. */
  records: Map<string, string[]>;
  /** What it does with the next questions. */
  mood: 'answers' | 'fails' | 'is silent';
  /** The names that it was asked for. */
  asked: string[];
  stop(): Promise<void>;
}

/** Starts a {@link NameServer}. */
export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  const server: NameServer = {
    address: `127.0.0.1:${port}`,
    records: new Map(),
    mood: 'answers',
    asked: [],
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (query, { address, port: to }) => answer(socket, server, query, { address, port: to }));
  return server;
}

function answer(socket: Socket, server: NameServer, query: Buffer, to: { address: string; port: number }): void {
  const { name, end } = questionOf(query);
  server.asked.push(name);
  if (server.mood === 'is silent') return;
  const values = server.records.get(name.toLowerCase());
  const code = server.mood === 'fails' ? SERVER_FAILURE : values ? NO_ERROR : NAME_ERROR;
  const answers = code === NO_ERROR ? values!.map(recordOf) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // A response with authority, to a question that wanted recursion.
  header.writeUInt16BE(0x8580 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  socket.send(Buffer.concat([header, query.subarray(12, end), ...answers]), to.port, to.address);
}

/** The name that a query asks for, and where its question ends. */
function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 5 };
}

/** A TXT record of the name in the question, with its value in texts of at most 255 bytes. */
function recordOf(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const texts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += LONGEST_TEXT) {
    const text = bytes.subarray(at, at + LONGEST_TEXT);
    texts.push(Buffer.from([text.length]), text);
  }
  const data = Buffer.concat(texts);
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(0xc00c, 0);
  fixed.writeUInt16BE(TXT, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(0, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, data]);
}
