import type { GraphQLResolveInfo } from 'graphql';
import { Ctx as Context, Info, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { selectionOf } from '../../../kernel/selection.js';
import { AdminDashboard } from './admin-dashboard.payloads.js';
import { readAdminDashboard } from './admin-dashboard.reads.js';

/** All accounts and vehicles are counted, by their indexes. */
const COST = 200;

@Resolver()
export class AdminDashboardResolver {
  @Query(() => AdminDashboard, {
    complexity: COST,
    description: 'The marketplace in figures, as they are now. Admins only.',
  })
  adminDashboard(@Context() ctx: Ctx, @Info() info: GraphQLResolveInfo): Promise<Partial<AdminDashboard>> {
    return readAdminDashboard(ctx, selectionOf(info));
  }
}
