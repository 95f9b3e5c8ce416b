import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { Row } from '../../../kernel/reads.js';
import { Vehicle } from '../vehicle.entity.js';
import { MarketPosition } from './market.payloads.js';
import { dealOf, differencePercent } from './market.rules.js';

@Resolver(() => Vehicle)
export class MarketFieldsResolver {
  @FieldResolver(() => MarketPosition, {
    nullable: true,
    description:
      'Against comparable listings, some seconds old at most; null under five comparables, and for what is neither ACTIVE nor PENDING.',
  })
  market(@Root() vehicle: Row<Vehicle>): MarketPosition | null {
    const { askingPrice, marketValue, comparableCount, status } = vehicle;
    if (marketValue === null || (status !== 'ACTIVE' && status !== 'PENDING')) return null;
    const { dealRating } = dealOf(askingPrice, marketValue);
    if (dealRating === null) return null;
    return {
      rating: dealRating,
      estimatedValue: marketValue,
      differencePercent: differencePercent(askingPrice, marketValue),
      comparableCount,
    };
  }
}
