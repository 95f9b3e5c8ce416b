import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx as Context, FieldResolver, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { notFound } from '../../../kernel/errors.js';
import { type Row, readById } from '../../../kernel/reads.js';
import { selectionOf } from '../../../kernel/selection.js';
import { filterJsonOf } from './filter-json.js';
import { SavedSearch } from './saved-search.entity.js';
import { CreateSavedSearchInput, SavedSearchIdInput } from './saved-search.inputs.js';
import { DeleteSavedSearchPayload, SavedSearchPayload } from './saved-search.payloads.js';
import { newMatchCountOf, readSavedSearches, savedSearchShape } from './saved-search.reads.js';
import { createSavedSearch, deleteSavedSearch, markSavedSearchSeen } from './saved-search.service.js';

@Resolver(() => SavedSearch)
export class SavedSearchResolver {
  @Query(() => [SavedSearch], { description: "The viewer's own, the last made first; 50 at most." })
  savedSearches(@Context() ctx: Ctx, @Info() info: GraphQLResolveInfo): Promise<Row<SavedSearch>[]> {
    return readSavedSearches(ctx, selectionOf(info));
  }

  @Mutation(() => SavedSearchPayload, {
    description:
      'Keeps a search for the viewer. What is published, repriced or edited from now on and matches it is counted, and told where alerts are on. CONFLICT past 50.',
  })
  async createSavedSearch(
    @Arg('input', () => CreateSavedSearchInput, { description: 'What to keep.' })
    input: CreateSavedSearchInput,
    @Context() ctx: Ctx,
  ): Promise<SavedSearchPayload> {
    return { searchId: await createSavedSearch(ctx, input) };
  }

  @Mutation(() => DeleteSavedSearchPayload, { description: 'Deletes an own search and its alerts.' })
  async deleteSavedSearch(
    @Arg('input', () => SavedSearchIdInput, { description: 'Which.' }) input: SavedSearchIdInput,
    @Context() ctx: Ctx,
  ): Promise<DeleteSavedSearchPayload> {
    return { id: await deleteSavedSearch(ctx, input.id) };
  }

  @Mutation(() => SavedSearchPayload, {
    description: 'All that has matched an own search so far has been seen: newMatchCount begins anew.',
  })
  async markSavedSearchSeen(
    @Arg('input', () => SavedSearchIdInput, { description: 'Which.' }) input: SavedSearchIdInput,
    @Context() ctx: Ctx,
  ): Promise<SavedSearchPayload> {
    return { searchId: await markSavedSearchSeen(ctx, input.id) };
  }

  @FieldResolver(() => String, { nullable: true, description: "The filter's search text." })
  search(@Root() { filter }: Row<SavedSearch>): string | null {
    return typeof filter.search === 'string' ? filter.search : null;
  }

  @FieldResolver(() => String, {
    description: 'The filter as JSON, to be sent back as it is as a VehicleFilter variable.',
  })
  filterJson(@Root() { filter }: Row<SavedSearch>): string {
    return filterJsonOf(filter);
  }

  @FieldResolver(() => Int, {
    description:
      'Vehicles that came to match since it was made or last marked as seen, whatever has become of them; with alerts or without.',
  })
  newMatchCount(@Root() search: Pick<SavedSearch, 'id'>, @Context() ctx: Ctx): Promise<number> {
    return newMatchCountOf(ctx, search.id);
  }
}

@Resolver(() => SavedSearchPayload)
export class SavedSearchPayloadResolver {
  @FieldResolver(() => SavedSearch, { description: 'As it is now.' })
  async savedSearch(
    @Root() payload: SavedSearchPayload,
    @Context() ctx: Ctx,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Row<SavedSearch>> {
    const search = await readById(ctx, savedSearchShape, payload.searchId, selectionOf(info));
    if (!search) throw notFound('Saved search');
    return search;
  }
}
