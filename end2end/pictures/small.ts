// A PNG of at most 256 colours: pages are flat surfaces and grey text, and a README should load fast.

import { deflateSync } from 'node:zlib';

const TABLE = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
  return out;
}

/** Encodes RGBA pixels with the 256 most frequent colours; every other becomes the nearest of them. */
export function smallPng(rgba: Uint8Array, width: number, height: number): Buffer {
  const counts = new Map<number, number>();
  const at = (index: number) => ((rgba[index * 4]! & 0xfc) << 16) | ((rgba[index * 4 + 1]! & 0xfc) << 8) | (rgba[index * 4 + 2]! & 0xfc);
  for (let index = 0; index < width * height; index++) counts.set(at(index), (counts.get(at(index)) ?? 0) + 1);
  const colours = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = colours.slice(0, 256);
  const place = new Map(palette.map((colour, index) => [colour, index]));
  const far = (a: number, b: number) => [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2, 0);
  for (const colour of colours.slice(256)) {
    let best = 0;
    for (let index = 1; index < palette.length; index++) if (far(colour, palette[index]!) < far(colour, palette[best]!)) best = index;
    place.set(colour, best);
  }
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = place.get(at(y * width + x))!;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  // The two lost bits come back as the middle of what they were.
  const plte = Buffer.from(palette.flatMap((colour) => [16, 8, 0].map((shift) => { const c = (colour >> shift) & 255; return c === 252 ? 255 : c + (c >> 6); })));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('PLTE', plte),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
