import { createUnionType, Field, ObjectType } from 'type-graphql';
import type { ActorRecord, ProviderCredentialRow, ProviderRow } from '../../directory/index.ts';
import type { Loaders } from '../loaders.ts';
import { IdentityProvider, ProviderCredential } from './identity-provider.ts';
import { Member } from './member.ts';
import { saidAs } from './node.ts';

@ObjectType({ simpleResolvers: true, description: 'A provider acting.' })
export class IdentityProviderActor {
  @Field(() => IdentityProvider, { description: 'Provider.' }) identityProvider: ProviderRow;
  @Field(() => ProviderCredential, { nullable: true, description: 'Credential.' })
  credential: ProviderCredentialRow | null;

  constructor(identityProvider: ProviderRow, credential: ProviderCredentialRow | null) {
    this.identityProvider = identityProvider;
    this.credential = credential;
  }
}

@ObjectType({ simpleResolvers: true, description: 'The service itself.' })
export class SystemActor {
  @Field(() => String, { description: 'Name.' }) name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export const Actor = createUnionType({
  name: 'Actor',
  description: 'Who did it.',
  types: () => [Member, IdentityProviderActor, SystemActor] as const,
  resolveType: actor =>
    actor instanceof IdentityProviderActor
      ? 'IdentityProviderActor'
      : actor instanceof SystemActor
        ? 'SystemActor'
        : 'Member',
});

/** Whoever is no longer there, or not for this viewer to see, is still known by name; so is a token that stands for nobody. */
export async function actorOf(actor: ActorRecord | null, loaders: Loaders): Promise<object> {
  const { memberId, providerId, credentialId, name = 'muster' } = actor ?? {};
  const [member, provider, credential] = await Promise.all([
    memberId === undefined ? null : loaders.load('member', memberId),
    memberId !== undefined || providerId === undefined
      ? null
      : loaders.load('provider', providerId),
    memberId !== undefined || providerId === undefined || credentialId === undefined
      ? null
      : loaders.load('providerCredential', credentialId),
  ]);
  if (member) return saidAs('Member', member);
  return provider ? new IdentityProviderActor(provider, credential) : new SystemActor(name);
}
