import { expect, test } from 'vitest';
import { scimStage } from '../support/scim-stage.ts';
import { analysedEarly, youngTenant } from '../support/young-tenant.ts';

const here = scimStage();

test('a group of more than 100,000 members is answered whole, and one of 20,000 can be deleted', async () => {
  await analysedEarly(here);
  const { tenantId, entra, ids } = await youngTenant(here, 100_001);
  const { id: group } = await entra.group('Everybody');
  // Foreign keys are checked by plans that a connection keeps; those of this one are from when
  // there were a few members.
  await here.owner.query('discard plans');
  for (let at = 0; at < ids.length; at += 10_000)
    await here.owner.query(
      `insert into memberships (tenant_id, team_id, member_id, origin) select $1, $2, id, 'SCIM' from unnest($3::uuid[]) as id`,
      [tenantId, group, ids.slice(at, at + 10_000)],
    );
  const { body } = await entra.get(`/Groups/${group}`);
  expect(body.members).toHaveLength(100_001);
  expect((await entra.get('/Groups')).body.Resources[0].members).toHaveLength(100_001);

  const { id: other } = await entra.group('Others');
  await here.owner.query(
    `insert into memberships (tenant_id, team_id, member_id, origin) select $1, $2, id, 'SCIM' from unnest($3::uuid[]) as id`,
    [tenantId, other, ids.slice(0, 20_000)],
  );
  expect((await entra.delete(`/Groups/${other}`)).status).toBe(204);
}, 300_000);
