import { Field, ObjectType } from 'type-graphql';
import {
  ATTRIBUTE_NAMES,
  type AuditEntryRow,
  driftOf,
  isManaged,
  mayReadActivity,
  type MemberRow,
  type Origin,
  type ProviderRow,
  requireActivity,
} from '../../directory/index.ts';
import { Actor, actorOf } from '../audit/actor.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { Exchange } from '../loaders/with-tenant.ts';
import * as words from '../schema/enums.ts';
import { DateTime, Json } from '../schema/scalars.ts';
import { ScimRequest } from '../scim-requests/scim-request.ts';

interface Fact {
  member: MemberRow;
  name: string;
  value: unknown;
  provider: ProviderRow | null;
  /** The entry of the last write; null where it is unknown, and for viewers who may not know. */
  entry: AuditEntryRow | null;
  providerValue: unknown;
}

const FOR_READERS = 'Of others it needs AUDIT_READ.';

@ObjectType({
  description: 'One attribute of a member: its value, who owns it, and who wrote it last.',
})
export class AttributeFact {
  readonly #fact: Fact;
  readonly #loaders: Loaders;

  constructor(fact: Fact, loaders: Loaders) {
    this.#fact = fact;
    this.#loaders = loaders;
  }

  @Field(() => String, {
    description: 'Name of the attribute, as in Member or as the provider sends it.',
  })
  name(): string {
    return this.#fact.name;
  }
  @Field(() => Json, { nullable: true, description: 'The value here; null when there is none.' })
  value(): unknown {
    return this.#fact.value ?? null;
  }
  @Field(() => words.Origin, {
    description: "SCIM when the member's provider writes it now, else MANUAL.",
  })
  owner(): Origin {
    return this.#fact.provider ? 'SCIM' : 'MANUAL';
  }
  @Field(() => IdentityProvider, {
    nullable: true,
    description: 'The provider that writes it now; null when people do.',
  })
  identityProvider(): ProviderRow | null {
    return this.#fact.provider;
  }
  @Field(() => Actor, { description: `Last writer. ${FOR_READERS}` })
  writtenBy(): Promise<object> {
    this.#requireReader();
    return actorOf(this.#fact.entry?.actor ?? null, this.#loaders);
  }
  @Field(() => DateTime, { description: `When it was written last. ${FOR_READERS}` })
  writtenAt(): Date {
    this.#requireReader();
    return this.#fact.entry?.at ?? this.#fact.member.createdAt;
  }
  @Field(() => ScimRequest, {
    nullable: true,
    description:
      'Request that wrote it; null when none did, and for viewers who may not read requests.',
  })
  request(): Promise<Exchange | null> | null {
    const id = this.#fact.entry?.exchangeId ?? null;
    return id === null ? null : this.#loaders.load('exchange', id);
  }
  @Field(() => Json, {
    nullable: true,
    description: 'What the provider sent last, when it differs from the value here; else null.',
  })
  providerValue(): unknown {
    return this.#fact.providerValue ?? null;
  }

  #requireReader(): void {
    requireActivity(this.#loaders.directory, [], this.#fact.member.id);
  }
}

const OF_THEIR_OWN = [...ATTRIBUTE_NAMES, 'state'] as const;

/** Facts of every attribute with a column, then of those that the provider pushed beside them. */
export async function attributesOf(
  member: MemberRow,
  loaders: Loaders,
  names: readonly string[] | null | undefined,
): Promise<AttributeFact[]> {
  const [linked, writers] = await Promise.all([
    member.providerId === null ? null : loaders.load('provider', member.providerId),
    mayReadActivity(loaders.directory, [], member.id) ? loaders.load('lastWriters', member.id) : [],
  ]);
  const lastEntry = new Map(writers.map(({ attribute, entry }) => [attribute, entry]));
  const provider = isManaged(member, linked) ? linked : null;
  const drift = new Map(driftOf(member).map(({ name, there }) => [name, there]));
  const values: [string, unknown][] = [
    ...OF_THEIR_OWN.map((name): [string, unknown] => [name, member[name]]),
    ...Object.entries(member.profile).filter(
      ([name]) => !(OF_THEIR_OWN as readonly string[]).includes(name),
    ),
  ];
  return values
    .filter(([name]) => !names || names.includes(name))
    .map(
      ([name, value]) =>
        new AttributeFact(
          {
            member,
            name,
            value,
            provider,
            entry: lastEntry.get(name) ?? null,
            providerValue: drift.get(name),
          },
          loaders,
        ),
    );
}
