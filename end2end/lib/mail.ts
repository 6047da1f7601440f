// A real SMTP server of one's own (npm smtp-server), independent of Gemba: STARTTLS, sign-in, and what it got.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { freePort, scratch, until } from './process';

const USER = 'gemba@plant.example';
const PASSWORD = 'between servers';

/** One mail as it came in. */
export interface Got {
  from: string;
  to: string[];
  /** Came by TLS, from somebody who signed in. */
  secure: boolean;
  user: string;
  subject: string;
  headers: string;
  text: string;
}

export class MailServer {
  readonly got: Got[] = [];
  /** Commands it was sent. */
  readonly heard: string[] = [];
  private server?: SMTPServer;
  private readonly own = scratch('mail');

  private constructor(
    readonly port: number,
    private readonly offers: 'tls' | 'nothing' = 'tls',
  ) {}

  /** One without TLS and without sign-in. */
  static async plain(): Promise<MailServer> {
    const mail = new MailServer(await freePort(), 'nothing');
    await mail.run();
    return mail;
  }

  static async start(): Promise<MailServer> {
    const mail = new MailServer(await freePort());
    mail.makeCertificates();
    await mail.run();
    return mail;
  }

  /** Listens, or listens again. Whoever is called `nobody` is not taken. */
  async run(): Promise<void> {
    const file = (name: string) => readFileSync(join(this.own.dir, name));
    const tls = this.offers === 'tls' ? { key: file('server.key'), cert: file('server.crt') } : { disabledCommands: ['STARTTLS', 'AUTH'] };
    const hear = (level: string) => (...words: unknown[]) => void this.heard.push(level, ...words.map(String));
    const server = new SMTPServer({
      ...tls,
      logger: { level: () => undefined, trace: hear('trace'), debug: hear('debug'), info: hear('info'), warn: hear('warn'), error: hear('error'), fatal: hear('fatal') },
      authMethods: ['PLAIN', 'LOGIN'],
      onAuth: (auth, _session, done) => {
        if (auth.username === USER && auth.password === PASSWORD) return done(null, { user: auth.username });
        done(new Error('Invalid username or password'));
      },
      onRcptTo: (address, _session, done) => {
        if (address.address.startsWith('nobody@')) return done(Object.assign(new Error('No such user here'), { responseCode: 550 }));
        done();
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          this.got.push(this.read(Buffer.concat(chunks).toString('utf8'), session));
          done();
        });
      },
    });
    server.on('error', () => undefined);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  private read(raw: string, session: { secure: boolean; user?: unknown; envelope: { mailFrom: false | { address: string }; rcptTo: { address: string }[] } }): Got {
    const end = raw.indexOf('\r\n\r\n');
    const headers = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
    const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? '';
    return {
      from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
      to: session.envelope.rcptTo.map((to) => to.address),
      secure: session.secure,
      user: String(session.user ?? ''),
      subject: words(header('Subject')),
      headers,
      text: body(raw.slice(end + 4), header('Content-Transfer-Encoding')),
    };
  }

  /** The newest mail to an address, once there are so many to it. */
  async to(address: string, count = 1): Promise<Got> {
    const sent = () => this.got.filter((mail) => mail.to.includes(address));
    await until(`${count} mails to ${address}`, () => sent().length >= count);
    return sent().at(-1) as Got;
  }

  /** What Gemba is told to send by this one. */
  env(more: Record<string, string> = {}): Record<string, string> {
    const login: Record<string, string> = this.offers === 'tls' ? { GEMBA__MAIL__USER: USER, GEMBA__MAIL__PASSWORD: PASSWORD, GEMBA__MAIL__CA_FILE: join(this.own.dir, 'ca.crt') } : {};
    return {
      GEMBA__MAIL__SERVER: '127.0.0.1',
      GEMBA__MAIL__PORT: String(this.port),
      GEMBA__MAIL__FROM: 'Gemba <gemba@plant.example>',
      ...login,
      ...more,
    };
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
    this.server = undefined;
  }

  async end(): Promise<void> {
    await this.stop();
    this.own.remove();
  }

  private makeCertificates(): void {
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: this.own.dir, stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=Mail authority', '-addext', 'keyUsage=critical,keyCertSign');
    openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=mail');
    writeFileSync(join(this.own.dir, 'names'), 'subjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n');
    openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '2', '-extfile', 'names', '-out', 'server.crt');
  }
}

/** RFC 2047 words as text. */
function words(header: string): string {
  return header.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) => (kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('utf8') : quoted(text.replaceAll('_', ' '))));
}

function body(text: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(text, 'base64').toString('utf8');
  return /quoted-printable/i.test(encoding) ? quoted(text) : text;
}

function quoted(text: string): string {
  const bytes = text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
