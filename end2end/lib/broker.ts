// A real Mosquitto of one's own, and a client to publish with.

import mqtt from 'mqtt';
import { existsSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Program, freePort, scratch, until } from './process';

const MOSQUITTO = process.env.MOSQUITTO ?? (existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto');

export class Broker {
  private program?: Program;
  private client?: mqtt.MqttClient;
  private readonly own = scratch('mosquitto');

  private constructor(readonly port: number) {}

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  static async start(): Promise<Broker> {
    const broker = new Broker(await freePort());
    await broker.run();
    return broker;
  }

  /** Starts it, or starts it again after `kill`. */
  async run(): Promise<void> {
    const config = join(this.own.dir, 'mosquitto.conf');
    const owner = process.getuid?.() === 0 ? 'user root\n' : '';
    writeFileSync(
      config,
      `${owner}listener ${this.port} 127.0.0.1\nallow_anonymous true\npersistence true\n` +
        `persistence_location ${this.own.dir}/\nmax_queued_messages 0\n`,
    );
    this.program = new Program(MOSQUITTO, ['-c', config]);
    await until('Mosquitto answers', () => listens(this.port));
  }

  async publish(topic: string, payload: unknown, options: mqtt.IClientPublishOptions = { qos: 1 }): Promise<void> {
    this.client ??= await mqtt.connectAsync(this.url, { reconnectPeriod: 100 });
    const text = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    await this.client.publishAsync(topic, text, options);
  }

  async kill(): Promise<void> {
    await this.program?.stop('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.client?.endAsync(true).catch(() => undefined);
    await this.program?.stop();
    this.own.remove();
  }
}

export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
