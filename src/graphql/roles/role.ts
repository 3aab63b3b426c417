import { Ctx, Field, FieldResolver, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import {
  type Explanation,
  mayReadActivity,
  type MemberRow,
  type Permission,
  requireActivity,
  type RoleMappingRow,
  type RoleRow,
  type RoleRule,
  type TeamRow,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { DateTime } from '../schema/scalars.ts';
import { Actor, actorOf } from '../audit/actor.ts';
import * as words from '../schema/enums.ts';
import { Node } from '../schema/node.ts';
import { Team } from '../teams/team.ts';

@ObjectType({ implements: Node, simpleResolvers: true, description: 'An access level.' })
export class Role implements Pick<RoleRow, 'id' | 'name' | 'permissions' | 'rank'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Name.' }) name!: string;
  @Field(() => [words.Permission], { description: 'Permissions.' }) permissions!: Permission[];
  @Field(() => Int, { description: 'Precedence, 1 is strongest.' }) rank!: number;
}

@Resolver(() => Role)
export class RoleFields {
  @FieldResolver(() => Int, { description: 'How many hold it.' })
  memberCount(@Root() { tenantId, id }: RoleRow, @Ctx() context: Context): Promise<number | null> {
    return context.loaders(context.at(tenantId)).load('holders', id);
  }
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: 'A rule from a team, or from a pushed role value, to a role.',
})
export class RoleMapping implements Pick<RoleMappingRow, 'id' | 'pushedRole' | 'position'> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Or a value that a provider pushes in `roles`.',
  })
  pushedRole!: string | null;
  @Field(() => Int, { description: 'Order, lowest wins.' }) position!: number;
}

@Resolver(() => RoleMapping)
export class RoleMappingFields {
  @FieldResolver(() => Team, { nullable: true, description: 'Team whose members get the role.' })
  team(
    @Root() { tenantId, teamId }: RoleMappingRow,
    @Ctx() context: Context,
  ): Promise<TeamRow | null> | null {
    return teamId === null ? null : context.loaders(context.at(tenantId)).load('team', teamId);
  }

  @FieldResolver(() => Role, { description: 'Role.' })
  role(
    @Root() { tenantId, roleId }: RoleMappingRow,
    @Ctx() context: Context,
  ): Promise<RoleRow | null> {
    return context.loaders(context.at(tenantId)).load('roleSpokenOf', roleId);
  }
}

const FOR_READERS = 'Of others it needs AUDIT_READ or ROLE_ADMIN.';

@ObjectType({ description: 'A lock that keeps the role through every sync.' })
export class RoleLock {
  readonly #member: MemberRow;
  readonly #loaders: Loaders;

  constructor(member: MemberRow, loaders: Loaders) {
    this.#member = member;
    this.#loaders = loaders;
  }

  @Field(() => Role, { description: 'Role.' })
  role(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#member.roleId);
  }
  @Field(() => Actor, { description: `Who locked it. ${FOR_READERS}` })
  lockedBy(): Promise<object> {
    this.#requireReader();
    return actorOf(this.#member.lockedBy, this.#loaders);
  }
  @Field(() => DateTime, { description: `When it was locked. ${FOR_READERS}` })
  lockedAt(): Date {
    this.#requireReader();
    return this.#member.lockedAt ?? this.#member.updatedAt;
  }
  @Field(() => String, {
    nullable: true,
    description:
      'Why; null when nobody said, and of others for viewers without AUDIT_READ or ROLE_ADMIN.',
  })
  reason(): string | null {
    const mayRead = mayReadActivity(this.#loaders.directory, ['ROLE_ADMIN'], this.#member.id);
    return mayRead ? this.#member.lockReason : null;
  }
  @Field(() => DateTime, { nullable: true, description: 'Automatic release.' })
  expiresAt(): Date | null {
    return this.#member.lockExpiresAt;
  }

  #requireReader(): void {
    requireActivity(this.#loaders.directory, ['ROLE_ADMIN'], this.#member.id);
  }
}

@ObjectType({ description: 'One candidate.' })
export class RoleCandidate {
  readonly #candidate: Explanation['candidates'][number];
  readonly #loaders: Loaders;

  constructor(candidate: Explanation['candidates'][number], loaders: Loaders) {
    this.#candidate = candidate;
    this.#loaders = loaders;
  }

  @Field(() => words.RoleRule, { description: 'Rule.' })
  rule(): RoleRule {
    return this.#candidate.rule;
  }
  @Field(() => Role, { description: 'Role.' })
  role(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#candidate.roleId);
  }
  @Field(() => Team, { nullable: true, description: 'Team, for a mapping.' })
  team(): Promise<TeamRow | null> | null {
    return this.#candidate.teamId === null
      ? null
      : this.#loaders.load('team', this.#candidate.teamId);
  }
  @Field(() => Boolean, { description: 'Won?' })
  won(): boolean {
    return this.#candidate.won;
  }
  @Field(() => String, { nullable: true, description: 'Why not.' })
  lostBecause(): string | null {
    return this.#candidate.lostBecause;
  }
}

@ObjectType({ description: 'How the role was decided.' })
export class RoleExplanation {
  readonly #explanation: Explanation;
  readonly #loaders: Loaders;

  constructor(explanation: Explanation, loaders: Loaders) {
    this.#explanation = explanation;
    this.#loaders = loaders;
  }

  @Field(() => Role, { description: 'Winner.' })
  role(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#explanation.roleId);
  }
  @Field(() => words.RoleRule, { description: 'Rule that won.' })
  decidedBy(): RoleRule {
    return this.#explanation.decidedBy;
  }
  @Field(() => [RoleCandidate], { description: 'All candidates in evaluation order.' })
  candidates(): RoleCandidate[] {
    return this.#explanation.candidates.map(
      candidate => new RoleCandidate(candidate, this.#loaders),
    );
  }
  @Field(() => Role, { description: 'What the role would be without the lock.' })
  withoutLock(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#explanation.withoutLock);
  }
  @Field(() => String, { description: 'One sentence.' })
  summary(): string {
    return this.#explanation.summary;
  }
}
