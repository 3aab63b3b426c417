import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Refusal } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { Node } from './node.ts';

const MOST_NODES = 100;

@Resolver()
export class NodeQueries {
  @Query(() => Node, { nullable: true, description: 'Any object by id.' })
  node(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Id.' }) id: string,
  ): Promise<object | null> {
    return context.loaders().load('node', id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Several objects by id, in order, null where not found; at most 100.',
  })
  async nodes(
    @Ctx() context: Context,
    @Arg('ids', () => [ID], { description: 'Ids, at most 100.' }) ids: string[],
  ): Promise<(object | null)[]> {
    if (ids.length > MOST_NODES)
      throw new Refusal('invalid', `At most ${MOST_NODES} objects can be asked for at once.`, {
        field: ['ids'],
      });
    return Promise.all(ids.map(id => context.loaders().load('node', id)));
  }
}
