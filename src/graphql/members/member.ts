import { Field, ID, ObjectType } from 'type-graphql';
import type { AttributeName, MemberRow, MemberState } from '../../directory/index.ts';
import { Node, Provenanced } from '../schema/node.ts';
import { DateTime, EmailAddress } from '../schema/scalars.ts';
import * as memberWords from './enums.ts';

@ObjectType({
  implements: [Node, Provenanced],
  simpleResolvers: true,
  description: 'A person in a tenant.',
})
export class Member implements Pick<
  MemberRow,
  Exclude<AttributeName, 'externalId' | 'managerId'> | 'id' | 'state' | 'createdAt' | 'updatedAt'
> {
  @Field(() => ID, {
    description: "Id of the member; also the SCIM id at its provider's endpoint.",
  })
  id!: string;
  @Field(() => String, { description: 'Login name; what SCIM calls userName.' }) userName!: string;
  @Field(() => EmailAddress, {
    nullable: true,
    description: 'Primary address; null where nobody gave one. Never a user name.',
  })
  email!: string | null;
  @Field(() => String, { nullable: true, description: 'Given name; null when none is known.' })
  givenName!: string | null;
  @Field(() => String, { nullable: true, description: 'Family name; null when none is known.' })
  familyName!: string | null;
  @Field(() => String, {
    description:
      'Name to show; made of the other names, or of the user name, unless a provider ' +
      'sent one.',
  })
  displayName!: string;
  @Field(() => String, {
    nullable: true,
    description: 'Job title as the provider sent it; null when it sent none.',
  })
  title!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Department as the provider sent it; null when it sent none.',
  })
  department!: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'Number that the company gave the person, as the provider sent it; null when it ' +
      'sent none.',
  })
  employeeNumber!: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'First work number that the provider sent, else the first of any kind; null when ' +
      'it sent none.',
  })
  phoneNumber!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Language and region as the provider sent it, like de-CH; null when it sent none.',
  })
  locale!: string | null;
  @Field(() => memberWords.MemberState, {
    description: 'Where the member stands in its life cycle.',
  })
  state!: MemberState;
  @Field(() => DateTime, { description: 'When the member was made here.' }) createdAt!: Date;
  @Field(() => DateTime, { description: 'When the member was last changed.' }) updatedAt!: Date;
}
