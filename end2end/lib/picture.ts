// A picture of what is in the window, as pixels: Chromium takes it and Chromium decodes it.

import { type Page } from '@playwright/test';

/** RGBA, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Buffer;
}

/** What is in the window now. */
export async function picture(page: Page): Promise<Picture> {
  const png = (await page.screenshot()).toString('base64');
  const { width, height, pixels } = await page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let pixels = '';
    for (let at = 0; at < data.length; at += 0x8000) pixels += String.fromCharCode(...data.subarray(at, at + 0x8000));
    return { width: image.width, height: image.height, pixels: btoa(pixels) };
  }, png);
  return { width, height, data: Buffer.from(pixels, 'base64') };
}
