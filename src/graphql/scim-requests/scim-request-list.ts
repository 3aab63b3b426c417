import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { connectionOf } from '../schema/connection.ts';
import { DateTimeFilter } from '../schema/filters.ts';
import { optional } from '../schema/inputs.ts';
import { ForwardArgs } from '../schema/page-args.ts';
import { ScimRequest } from './scim-request.ts';

export const ScimRequestConnection = connectionOf('ScimRequest', 'Requests.', () => ScimRequest);

@InputType({ description: 'Request filter.' })
export class ScimRequestFilter {
  @Field(() => [String], optional('Method.')) method?: string[] | null;
  @Field(() => Int, optional('Status range start.')) statusGte?: number | null;
  @Field(() => Int, optional('Status range end.')) statusLt?: number | null;
  @Field(() => String, optional('Resource id, external id, user name or any text in the body.'))
  query?: string | null;
  @Field(() => DateTimeFilter, optional('Time.')) at?: DateTimeFilter | null;
  @Field(() => Boolean, optional('Changed something?')) changed?: boolean | null;
}

@ArgsType()
export class RequestsArgs extends ForwardArgs {
  @Field(() => ScimRequestFilter, optional('Only those that meet this.'))
  filter?: ScimRequestFilter | null;
}
