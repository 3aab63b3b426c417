import { Field, ObjectType } from 'type-graphql';
import {
  isDetached,
  isManaged,
  type MemberRow,
  type Origin,
  type ProviderRow,
  type TeamRow,
} from '../../directory/index.ts';
import type { Loaders } from '../loaders/loaders.ts';
import * as words from '../schema/enums.ts';
import { setProvenanceType } from '../schema/node.ts';
import { IdentityProvider } from './identity-provider.ts';

type Owned = Pick<MemberRow | TeamRow, 'origin' | 'originProviderId' | 'providerId' | 'externalId'>;

@ObjectType({ description: 'Where a member or team came from, and which provider owns it now.' })
export class Provenance {
  readonly #owned: Owned;
  readonly #loaders: Loaders;

  constructor(owned: Owned, loaders: Loaders) {
    this.#owned = owned;
    this.#loaders = loaders;
  }

  @Field(() => words.Origin, {
    description:
      'How it first came here; never changes, not even when the provider is switched off.',
  })
  origin(): Origin {
    return this.#owned.origin;
  }

  @Field(() => IdentityProvider, {
    nullable: true,
    description:
      'The provider it is linked to, else the one it came from; null when it was made ' +
      'by hand and never linked.',
  })
  identityProvider(): Promise<ProviderRow | null> | null {
    const id = this.#owned.providerId ?? this.#owned.originProviderId;
    return id === null ? null : this.#loaders.load('provider', id);
  }

  @Field(() => String, {
    nullable: true,
    description: 'Its identifier at the provider; null when the provider sent none.',
  })
  externalId(): string | null {
    return this.#owned.externalId;
  }

  @Field(() => Boolean, {
    description: 'Whether that provider owns it right now, so that it is read-only here.',
  })
  managed(): Promise<boolean> | boolean {
    const { providerId } = this.#owned;
    return (
      providerId !== null &&
      this.#loaders.load('provider', providerId).then(provider => isManaged(this.#owned, provider))
    );
  }

  @Field(() => Boolean, {
    description:
      'Edited here since provisioning was switched off, so that switching it on again ' +
      'will create a new one.',
  })
  detached(): boolean {
    return isDetached(this.#owned);
  }
}
setProvenanceType(Provenance);
