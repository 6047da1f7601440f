// A plant that nobody described, listened to: the learn page with a proposal, and something that cannot be read.

import { Broker } from './broker';
import { Gemba } from './gemba';
import { until } from './process';

/** Parts of the learn page, by a short name. */
export const PARTS = [
  ['assets', '/sources/learn'],
  ['topics', '/sources/learn?tab=topics&at=acme/lyon/line_1/pump_01'],
  ['found', '/sources/learn?tab=topics&find=pressure'],
  ['unmapped', '/sources/learn?tab=unmapped'],
  ['plan', '/sources/learn?tab=plan'],
] as const;

const TAGS = ['flow_m3h', 'discharge_pressure_bar', 'supply_temperature_°C', 'running_hours', 'state'];

export class Learned {
  private constructor(
    readonly gemba: Gemba,
    private readonly broker: Broker,
  ) {}

  static async start(): Promise<Learned> {
    const broker = await Broker.start();
    const gemba = await Gemba.serve(broker.url);
    const learned = new Learned(gemba, broker);
    await learned.speak(0);
    await until('all tags are known', async () => (await learned.page()).includes('31 tags known'));
    await learned.act({ act: 'listen', stamp: '0', value: '4' });
    let second = 1;
    await until('a proposal is made', async () => {
      await learned.speak(second++);
      return (await learned.page()).includes('g-learn__types');
    });
    // One pump is refused, so that something is unmapped; the rest is accepted, so that there is a plan.
    const stamp = /name="stamp" value="(\d+)"/.exec(await learned.page())?.[1] ?? '';
    await learned.act({ act: 'accept_above', stamp, value: '0' });
    const pick = /name="picks\[\]"[^>]*value="(\d+)"[^>]*aria-label="Select Pump 3"|aria-label="Select Pump 3"[^>]*value="(\d+)"/.exec(await learned.page());
    await learned.act({ act: 'reject', stamp, 'picks[0]': pick?.[1] ?? pick?.[2] ?? '' });
    return learned;
  }

  private async page(): Promise<string> {
    return (await fetch(`${this.gemba.url}/sources/learn`)).text();
  }

  private async act(form: Record<string, string>): Promise<void> {
    const body = new URLSearchParams(form);
    await fetch(`${this.gemba.url}/api/fn/act_learn`, { method: 'POST', body, headers: { origin: this.gemba.url } });
  }

  private async speak(second: number): Promise<void> {
    for (const site of ['lyon', 'ghent'])
      for (const pump of [1, 2, 3])
        for (const [at, tag] of TAGS.entries()) {
          const value = tag === 'state' ? (second % 4 ? 'Running' : 'Stopped') : (20 + pump + at + Math.sin(second / 3 + pump)).toFixed(2);
          await this.broker.publish(`acme/${site}/line_1/pump_0${pump}/${tag}`, value);
        }
    await this.broker.publish('acme/lyon/line_1/note', 'hello');
    await this.broker.publish('acme/lyon/line_1/raw', Buffer.from([0x40, 0xda, 0x3d, 0x71, 0xff, 0xfe]));
  }

  async end(): Promise<void> {
    await this.gemba.end();
    await this.broker.stop();
  }
}
