import { Field, ObjectType } from 'type-graphql';
import type { Explanation, RoleRow, RoleRule, TeamRow } from '../../directory/index.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { Team } from '../teams/team.ts';
import * as words from './enums.ts';
import { Role } from './role.ts';

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
