// A Gemba of one's own: a free port, its own data directory, stopped with the test.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import https from 'node:https';
import { join, resolve } from 'node:path';
import { Program, freePort, scratch, until } from './process';

const ROOT = resolve(import.meta.dirname, '../..');
const BINARY = process.env.GEMBA_BIN ?? join(ROOT, 'target/ci/gemba');
const SITE = process.env.GEMBA_SITE ?? join(ROOT, 'target/site');

/** Settings; undefined leaves one at its default. */
type Env = Record<string, string | undefined>;

export class Gemba {
  private program?: Program;
  private readonly own = scratch('data');

  private constructor(
    readonly port: number,
    private readonly command: 'serve' | 'demo',
    private readonly flags: string[],
    private readonly env: Env = {},
  ) {}

  get url(): string {
    return `${this.flags.includes('--tls') ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** The program itself, for its other commands. */
  get binary(): string {
    return BINARY;
  }

  get data(): string {
    return this.own.dir;
  }

  /** What it said, for a failed test. */
  get words(): string {
    return this.program?.words.join('') ?? '';
  }

  static async serve(brokerUrl: string, ...flags: string[]): Promise<Gemba> {
    return Gemba.start('serve', ['--mqtt', brokerUrl, ...flags]);
  }

  /** One that lets nobody in without an account, as it comes; every other here takes visitors for owners. */
  static async guarded(brokerUrl: string, ...flags: string[]): Promise<Gemba> {
    return Gemba.start('serve', ['--mqtt', brokerUrl, ...flags], { GEMBA__ACCESS__ANONYMOUS: 'none' });
  }

  /** The same at this port, with these settings. */
  static async guardedAt(port: number, brokerUrl: string, env: Record<string, string>): Promise<Gemba> {
    const gemba = new Gemba(port, 'serve', ['--mqtt', brokerUrl], { GEMBA__ACCESS__ANONYMOUS: 'none', ...env });
    await gemba.run();
    return gemba;
  }

  /** The same with these settings. */
  static async guardedWith(brokerUrl: string, env: Record<string, string>): Promise<Gemba> {
    return Gemba.start('serve', ['--mqtt', brokerUrl], { GEMBA__ACCESS__ANONYMOUS: 'none', ...env });
  }

  /** Without a broker of somebody else's: the embedded one alone, on a port of its own. */
  static async empty(): Promise<Gemba> {
    return Gemba.start('serve', [], { GEMBA__BROKER__LISTEN: `127.0.0.1:${await freePort()}` });
  }

  /** The same with nobody let in who has no account: what a person gets who starts it for the first time. */
  static async asItComes(): Promise<Gemba> {
    const env = { GEMBA__BROKER__LISTEN: `127.0.0.1:${await freePort()}`, GEMBA__ACCESS__ANONYMOUS: undefined };
    return Gemba.start('serve', [], env);
  }

  /** The link that it printed for its first owner. */
  async ownersLink(): Promise<string> {
    let link = '';
    await until('the first owner’s link is printed', async () => {
      link = /https?:\S+\/welcome\/\S+/.exec(this.words)?.[0] ?? '';
      return link !== '';
    });
    return link;
  }

  /** Over TLS, with an authority of its own. */
  static async secure(...names: string[]): Promise<Gemba> {
    const gemba = new Gemba(await freePort(), 'demo', ['--history-hours', '1', '--tls']);
    gemba.runs('tls', 'init', ...names.flatMap((name) => ['--name', name]));
    await gemba.run();
    return gemba;
  }

  /** The demo plant with these settings, at this port. */
  static async demoAt(port: number, env: Record<string, string>): Promise<Gemba> {
    const gemba = new Gemba(port, 'demo', ['--history-hours', '1'], env);
    await gemba.run();
    return gemba;
  }

  static async demo(...flags: string[]): Promise<Gemba> {
    const hours = flags.includes('--history-hours') ? [] : ['--history-hours', '1'];
    return Gemba.start('demo', [...hours, ...flags]);
  }

  /** A demo plant that stands in a zone. */
  static async demoIn(zone: string): Promise<Gemba> {
    return Gemba.start('demo', ['--history-hours', '1'], { GEMBA__SITE__ZONE: zone });
  }

  private static async start(command: 'serve' | 'demo', flags: string[], env: Env = {}): Promise<Gemba> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built: run \`cargo xtask test e2e\``);
    const gemba = new Gemba(await freePort(), command, flags, env);
    await gemba.run();
    return gemba;
  }

  /** Starts it, or starts it again on the same port and data after `stop` or `kill`. */
  async run(): Promise<void> {
    const listen = `127.0.0.1:${this.port}`;
    const args = [this.command, '--data', this.own.dir, '--listen', listen, '--site', SITE, ...this.flags];
    const program = new Program(BINARY, args, { RUST_LOG: process.env.RUST_LOG ?? 'info', RUST_BACKTRACE: '0', NO_COLOR: '1', GEMBA__ACCESS__ANONYMOUS: 'owner', ...this.env }, this.own.dir);
    this.program = program;
    await until('Gemba is ready', async () => {
      if (!program.running) throw new Error(`gemba ended:\n${this.words}`);
      return (await this.status('/readyz')) === 200;
    }, 60_000).catch((error) => {
      throw new Error(`${error}\n${this.words}`);
    });
  }

  /** Runs a command of the same program on the same data, and answers what it says. */
  runs(...args: string[]): string {
    return execFileSync(BINARY, [...args, '--data', this.own.dir], { encoding: 'utf8' });
  }

  async status(path: string): Promise<number> {
    if (this.url.startsWith('http:')) {
      return fetch(this.url + path, { headers: { accept: 'text/html' } }).then((response) => response.status, () => 0);
    }
    const ca = readFileSync(join(this.data, 'tls/ca.crt'));
    return new Promise((resolve) => {
      const request = https.get(this.url + path, { ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', () => resolve(0));
    });
  }

  async stop(): Promise<void> {
    await this.program?.stop();
  }

  async kill(): Promise<void> {
    await this.program?.stop('SIGKILL');
  }

  async end(): Promise<void> {
    await this.stop();
    this.own.remove();
  }
}
