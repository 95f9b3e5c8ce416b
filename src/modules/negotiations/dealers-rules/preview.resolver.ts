import { Args, Ctx as Context, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { PreviewNegotiationRulesArgs } from './preview.inputs.js';
import { NegotiationRulesPreview } from './preview.payloads.js';
import { previewNegotiationRules } from './preview.reads.js';

/** Thousands of offers are looked at. */
const COST = 100;

@Resolver()
export class RulesPreviewResolver {
  @Query(() => NegotiationRulesPreview, {
    complexity: COST,
    description:
      "Replays the dealer's last 90 days under rules for one of its vehicles, and changes nothing. BAD_USER_INPUT for " +
      'rules that the vehicle could not have.',
  })
  previewNegotiationRules(
    @Args(() => PreviewNegotiationRulesArgs) args: PreviewNegotiationRulesArgs,
    @Context() ctx: Ctx,
  ): Promise<NegotiationRulesPreview> {
    return previewNegotiationRules(ctx, args);
  }
}
