import { createUnionType, Field, ObjectType } from 'type-graphql';
import type {
  ActorRecord,
  ApiTokenRow,
  ProviderCredentialRow,
  ProviderRow,
} from '../../directory/index.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import { ProviderCredential } from '../identity-providers/provider-credential.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { Member } from '../members/member.ts';
import { tagType } from '../schema/node.ts';
import { ApiToken } from '../tokens/api-token.ts';

@ObjectType({ simpleResolvers: true, description: 'An identity provider that pushed over SCIM.' })
export class IdentityProviderActor {
  @Field(() => IdentityProvider, {
    description: 'The provider that acted; it may be deleted by now.',
  })
  identityProvider: ProviderRow;
  @Field(() => ProviderCredential, {
    nullable: true,
    description: 'The secret it came with; null when it is gone or not visible to the viewer.',
  })
  credential: ProviderCredentialRow | null;

  constructor(identityProvider: ProviderRow, credential: ProviderCredentialRow | null) {
    this.identityProvider = identityProvider;
    this.credential = credential;
  }
}

@ObjectType({
  simpleResolvers: true,
  description: 'The service itself, when nobody asked: expired locks, purges, deliveries.',
})
export class SystemActor {
  @Field(() => String, { description: 'Name of the service.' }) name: string;

  constructor(name: string) {
    this.name = name;
  }
}

@ObjectType({
  simpleResolvers: true,
  description: 'A service token acting by itself, without a person.',
})
export class TokenActor {
  @Field(() => ApiToken, {
    nullable: true,
    description: 'The token; null when it is gone or not visible to the viewer.',
  })
  token: ApiTokenRow | null;
  @Field(() => String, { description: 'The name of the token when it acted.' }) name: string;

  constructor(token: ApiTokenRow | null, name: string) {
    this.token = token;
    this.name = name;
  }
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A person of a parent tenant acting here; also a person who was a member here ' +
    'then and is gone for good.',
})
export class OutsideActor {
  @Field(() => String, { description: 'The name of the person when they acted.' }) name: string;
  @Field(() => String, { description: 'The name of their own tenant when they acted.' })
  tenantName: string;

  constructor(name: string, tenantName: string) {
    this.name = name;
    this.tenantName = tenantName;
  }
}

export const Actor = createUnionType({
  name: 'Actor',
  description: 'Who did it: a person, a token, a provider or the service itself.',
  types: () => [Member, TokenActor, OutsideActor, IdentityProviderActor, SystemActor] as const,
  resolveType: actor =>
    [TokenActor, OutsideActor, IdentityProviderActor, SystemActor].find(
      kind => actor instanceof kind,
    )?.name ?? 'Member',
});

/**
 * An actor that is gone, or not visible to the viewer, is shown by the name in the entry, and never
 * as an object of another kind.
 */
export async function actorOf(actor: ActorRecord | null, loaders: Loaders): Promise<object> {
  if (!actor) return new SystemActor('muster');
  const { kind, name, memberId, providerId, credentialId, tenantName } = actor;
  if (memberId !== undefined) {
    const member = tenantName === undefined && (await loaders.load('member', memberId));
    return member ? tagType('Member', member) : new OutsideActor(name, tenantName ?? FORMERLY_HERE);
  }
  if (kind === 'provider' && providerId !== undefined) {
    const [provider, credential] = await Promise.all([
      loaders.load('provider', providerId),
      credentialId === undefined ? null : loaders.load('providerCredential', credentialId),
    ]);
    if (provider) return new IdentityProviderActor(provider, credential);
  }
  if (kind === 'system') return new SystemActor(name);
  return new TokenActor(credentialId ? await loaders.load('token', credentialId) : null, name);
}

/** Shown in place of a tenant's name for a person who was a member of this one. */
const FORMERLY_HERE = 'formerly a member here';
