import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../support/people.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test('the link in a mail shows a page, and only its button lets the member in', async () => {
  const page = await fetch(`${house.origin}/invitations/muster_inv_nonsense`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const refused = await fetch(`${house.origin}/invitations/muster_inv_nonsense`, {
    method: 'POST',
  });
  expect(refused.status).toBe(404);
  expect(await refused.text()).toContain('not valid any more');
});
