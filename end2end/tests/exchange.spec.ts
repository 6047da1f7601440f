// Other systems: the description of what they may ask is checked by a program that is not ours.

import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from '../lib/test';

test('the description of the interface is OpenAPI 3.1 by its own schema', async ({ request, baseURL }) => {
  const answer = await request.get(`${baseURL}/api/openapi.json`);
  expect(answer.status()).toBe(200);
  const description = await answer.json();
  expect(description.openapi).toMatch(/^3\.1\./);
  const validator = new Validator();
  const { valid, errors } = await validator.validate(description);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
  // It would find a fault.
  const broken = structuredClone(description);
  delete broken.info.title;
  expect((await new Validator().validate(broken)).valid).toBe(false);
});
