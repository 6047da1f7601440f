// A real OpenID provider of somebody else's make, whose people and groups a test decides.

import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import Provider, { type Configuration, type JWK } from 'oidc-provider';
import { freePort } from './process';

export const CLIENT = 'gemba';
const SECRET = 'a secret that only the two of them know';

export class OpenIdProvider {
  /** Groups of each person who may sign in. */
  readonly groups = new Map<string, string[]>();
  private server?: Server;
  private keys = 0;

  private constructor(
    readonly port: number,
    private readonly gemba: string,
  ) {}

  /** Another site than Gemba's: what browsers keep between sites is tested too. */
  get issuer(): string {
    return `http://localhost:${this.port}`;
  }

  /** What Gemba is told of it. */
  get settings(): Record<string, string> {
    return {
      GEMBA__OPENID__ISSUER: this.issuer,
      GEMBA__OPENID__CLIENT_ID: CLIENT,
      GEMBA__OPENID__CLIENT_SECRET: SECRET,
      GEMBA__OPENID__NAME: 'Norvia account',
      GEMBA__OPENID__SCOPES: 'profile,email,groups',
    };
  }

  static async start(gemba: string): Promise<OpenIdProvider> {
    const provider = new OpenIdProvider(await freePort(), gemba);
    await provider.run();
    return provider;
  }

  /** Starts it, or starts it again after `stop`: each time with a key nobody saw before. */
  async run(): Promise<void> {
    this.keys += 1;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = { ...privateKey.export({ format: 'jwk' }), kid: `key-${this.keys}`, use: 'sig', alg: 'RS256' } as JWK;
    const provider = new Provider(this.issuer, this.configuration(key));
    this.server = createServer(provider.callback());
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private configuration(key: JWK): Configuration {
    return {
      clients: [
        {
          client_id: CLIENT,
          client_secret: SECRET,
          redirect_uris: [`${this.gemba}/sign-in/openid/done`],
          post_logout_redirect_uris: [`${this.gemba}/sign-in?out=1`],
          response_types: ['code'],
          grant_types: ['authorization_code'],
        },
      ],
      cookies: { keys: ['of this test only'] },
      jwks: { keys: [key] },
      pkce: { required: () => true },
      claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'], groups: ['groups'] },
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({
          sub: id,
          preferred_username: id,
          name: id[0]!.toUpperCase() + id.slice(1),
          email: `${id}@norvia.example`,
          groups: this.groups.get(id) ?? [],
        }),
      }),
    };
  }
}
