import { sql } from 'kysely';
import { type House, openHouse, type Person, type Provider } from '../support/people.ts';

/**
 * A company in which every kind of thing is there in every state that it can be in. The ids are by
 * what they are.
 */
export interface World {
  house: House;
  owner: Person;
  ids: Record<string, string>;
  on: Provider;
  off: Provider;
  paused: Provider;
  child: { id: string };
}

/** Furnished through the doors, and by hand where only time would bring it about. */
export async function openWorld(): Promise<World> {
  const house = await openHouse();
  const { owner } = house;
  const ids: Record<string, string> = { owner: owner.id, tenant: house.tenant.tenantId };
  const does = async (mutation: string, input: Record<string, unknown>, fields = '') => {
    const done = await owner.does(mutation, input, fields);
    if (done.userErrors.length > 0)
      throw new Error(`${mutation}: ${JSON.stringify(done.userErrors)}`);
    return done;
  };
  const roles = Object.fromEntries(
    (await house.tenant.roles.all()).map(role => [role.name.toLowerCase(), role.id]),
  );
  ids['role'] = (
    await does('roleCreate', { name: 'Clerk', permissions: ['DIRECTORY_READ'] }, 'role { id }')
  )['role'].id;

  const on = await house.provider({
    name: 'Entra',
    signIn: {
      protocol: 'SAML',
      signInUrl: 'https://login.example/saml',
      entityIdUrl: 'urn:example:entity',
      signatureAlgorithm: 'RSA_SHA256',
    },
  });
  const off = await house.provider({ name: 'Okta', kind: 'OKTA' });
  const paused = await house.provider({ name: 'Ping', kind: 'SCIM', signIn: { protocol: 'OIDC' } });
  Object.assign(ids, { providerOn: on.id, providerOff: off.id, providerPaused: paused.id });

  ids['provisioned'] = await on.user('prova@on.example', {
    name: { givenName: 'Prova', familyName: 'Io' },
    title: 'Clerk',
    roles: [{ value: 'Clerks' }],
  });
  ids['nameless'] = await on.user('nameless', { emails: undefined });
  ids['switchedOff'] = await on.user('switched@on.example');
  await on.scim('PATCH', `/Users/${ids['switchedOff']}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  });
  ids['gone'] = await on.user('gone@on.example');
  await on.scim('DELETE', `/Users/${ids['gone']}`);
  ids['group'] = await on.group('Provisioned', [ids['provisioned'], ids['nameless']]);
  ids['unedited'] = await off.user('unedited@off.example');
  ids['detached'] = await off.user('detached@off.example');
  ids['offGroup'] = await off.group('Off group', [ids['unedited'], ids['detached']]);
  ids['renamedGroup'] = await off.group('Renamed group', [ids['unedited']]);
  ids['waiting'] = await paused.user('waiting@paused.example');
  ids['pausedGroup'] = await paused.group('Paused group', [ids['waiting']]);
  await does('identityProviderUpdate', { id: off.id, provisioning: 'OFF' });
  await does('identityProviderUpdate', { id: paused.id, provisioning: 'PAUSED' });
  await does('memberUpdate', { id: ids['detached'], userName: 'renamed@off.example' });
  await does('teamUpdate', { id: ids['renamedGroup'], name: 'Renamed here' });

  const invite = async (name: string, input: Record<string, unknown> = {}) => {
    ids[name] = (
      await does(
        'memberInvite',
        { email: `${name.toLowerCase()}@hand.example`, ...input },
        'member { id }',
      )
    )['member'].id;
  };
  await invite('invited', { givenName: 'Ivy', familyName: 'Invited' });
  await invite('locked', { roleId: roles['auditor'] });
  await invite('disabled');
  await invite('deleted');
  await invite('clash');
  await invite('lateClash');
  await does('memberLockRole', {
    id: ids['locked'],
    reason: 'For the audit',
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
  });
  await does('memberDisable', { id: ids['disabled'], reason: 'Left' });
  await does('memberDelete', { id: ids['deleted'] });
  ids['team'] = (
    await does(
      'teamCreate',
      { name: 'By hand', memberIds: [owner.id, ids['provisioned'], ids['locked']] },
      'team { id }',
    )
  )['team'].id;
  ids['emptyTeam'] = (await does('teamCreate', { name: 'Empty' }, 'team { id }'))['team'].id;
  ids['deletedTeam'] = (
    await does('teamCreate', { name: 'Soon gone', memberIds: [owner.id] }, 'team { id }')
  )['team'].id;
  await does('roleMappingsSet', {
    mappings: [
      { teamId: ids['group'], roleId: ids['role'] },
      { teamId: ids['team'], roleId: roles['member'] },
      { pushedRole: 'clerks', roleId: roles['auditor'] },
    ],
  });
  await does('teamDelete', { id: ids['deletedTeam'] });

  const post = (userName: string) =>
    on.scim('POST', '/Users', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName,
      externalId: `x-${userName}`,
      active: true,
    });
  await post('clash@hand.example');
  await post('clash@hand.example');
  await post('lateclash@hand.example');
  await on.scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'By hand',
    externalId: 'x-team',
  });
  await does('memberDelete', { id: ids['lateClash'] });
  await on.scim('POST', '/Users', '{ not json');

  ids['service'] = (
    await does(
      'tokenCreate',
      {
        name: 'Front',
        kind: 'SERVICE',
        permissions: ['DIRECTORY_READ', 'DIRECTORY_WRITE'],
        expiresAt: '2099-01-01T00:00:00Z',
      },
      'token { id } secret',
    )
  )['token'].id;
  const revoked = await does(
    'tokenCreate',
    { name: 'Revoked', kind: 'SERVICE', permissions: ['DIRECTORY_WRITE'] },
    'token { id } secret',
  );
  ids['revoked'] = revoked['token'].id;
  await fetch(`${house.origin}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'authorization': `Bearer ${revoked['secret'] as string}`,
    },
    body: JSON.stringify({
      query: 'mutation { teamCreate(input: { name: "By a token" }) { team { id } } }',
    }),
  });
  await does('tokenRevoke', { id: ids['revoked'] });
  await does('identityProviderRotateCredential', { id: on.id, overlapHours: 1 });

  // Somebody who did things and was purged since; the log remembers.
  const leaver = await house.person({ role: 'admin', name: 'Lena Leaver' });
  ids['leaver'] = leaver.id;
  await leaver.does('memberLockRole', { id: ids['provisioned'], reason: 'Kept' });
  await leaver.does('teamUpdate', { id: ids['team'], name: 'By hand' });
  await leaver.does('teamUpdate', { id: ids['team'], name: 'By hands' });
  await owner.does('memberDelete', { id: leaver.id });
  await house.tenant.change(async () => {
    await sql`update members set deleted_at = now() - interval '31 days' where tenant_id = ${house.tenant.tenantId} and id = ${leaver.id}`.execute(
      house.tenant.db,
    );
    await sql`update members set created_at = created_at where tenant_id = ${house.tenant.tenantId} and id = ${ids['nameless']}`.execute(
      house.tenant.db,
    );
  });
  await house.tenant.members.purge();

  const child = (await does('tenantCreate', { name: 'Subsidiary' }, 'tenant { id }'))['tenant'] as {
    id: string;
  };
  ids['child'] = child.id;
  const { tenant } = await owner.ask(
    '{ tenant { auditLog(first: 1) { nodes { id } } roleMappings { id } identityProviders { nodes { id credentials { id } conflicts { nodes { id } } requests(first: 1) { nodes { id } } } } } }',
  );
  const provider = tenant.identityProviders.nodes.find(({ id }: { id: string }) => id === on.id);
  const {
    nodes: [linked],
  } = await owner.ask(
    `{ nodes(ids: ["${ids['provisioned']}"]) { ... on Member { links { id } } } }`,
  );
  Object.assign(ids, {
    entry: tenant.auditLog.nodes[0].id,
    mapping: tenant.roleMappings[0].id,
    credential: provider.credentials[0].id,
    conflict: provider.conflicts.nodes[0].id,
    request: provider.requests.nodes[0].id,
    link: linked.links[0].id,
  });
  return { house, owner, ids, on, off, paused, child };
}
