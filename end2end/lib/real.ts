// Real data that this project did not make, where it is at hand: `GEMBA_EVAL_DATA`, by default
// `../shared/data` beside the repository. Not part of the repository (SKAB is GPL-3.0).

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DATA = process.env.GEMBA_EVAL_DATA ?? resolve(import.meta.dirname, '../../../shared/data');

/** One row: its original time in milliseconds, and its values by name. */
export interface Row {
  time: number;
  values: Map<string, number>;
}

/** A water-pump test bed, one row a second; its wall time is taken as UTC. */
export function skab(rows: number): Row[] | undefined {
  return read('skab/other/1.csv', ';', rows, (text) => Date.parse(`${text.replace(' ', 'T')}Z`));
}

/** A town's water network, one row an hour: `04/07/16 00` is day, month, year, hour. */
export function batadal(rows: number): Row[] | undefined {
  return read('batadal/dataset04.csv', ',', rows, (text) => {
    const [day, month, year, hour] = text.split(/[/ ]/).map(Number);
    return Date.UTC(2000 + (year ?? 0), (month ?? 1) - 1, day, hour);
  });
}

function read(file: string, separator: string, rows: number, time: (text: string) => number): Row[] | undefined {
  const path = join(DATA, file);
  if (!existsSync(path)) return undefined;
  const [head = '', ...lines] = readFileSync(path, 'utf8').split('\n');
  const names = head.split(separator).map((name) => name.trim());
  return lines.slice(0, rows).map((line) => {
    const cells = line.split(separator);
    const values = new Map(names.slice(1).map((name, at) => [name, Number(cells[at + 1])] as const));
    return { time: time(cells[0] ?? ''), values };
  });
}
