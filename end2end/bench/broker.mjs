// A Mosquitto of the bench's own.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { launch, listens, stop } from './processes.mjs';

const MOSQUITTO = process.env.MOSQUITTO ?? (existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto');

export class Broker {
  /** `more` are further lines of its configuration. */
  constructor(port, dir, more = '') {
    mkdirSync(dir, { recursive: true });
    this.port = port;
    this.config = `${dir}/mosquitto-${port}.conf`;
    this.log = `${dir}/mosquitto-${port}.log`;
    const owner = process.getuid?.() === 0 ? 'user root\n' : '';
    writeFileSync(this.config, `${owner}listener ${port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n${more}`);
  }

  async start() {
    if (await listens(this.port, 0)) throw new Error(`port ${this.port} is taken`);
    this.child = launch(MOSQUITTO, ['-c', this.config], { log: this.log });
    if (!(await listens(this.port, 5_000, 5))) throw new Error(`Mosquitto does not answer, see ${this.log}`);
  }

  async stop(signal) {
    await stop(this.child, signal);
  }
}
