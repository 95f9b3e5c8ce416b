import { registerEnumType } from 'type-graphql';
import { enumOf } from '../../../kernel/enums.js';

export const DealRating = enumOf('GREAT', 'GOOD', 'FAIR', 'HIGH', 'OVERPRICED');
export type DealRating = keyof typeof DealRating;
registerEnumType(DealRating, {
  name: 'DealRating',
  description: 'An asking price against the market; docs/market-rating.md has the method and the bounds.',
  valuesConfig: {
    GREAT: { description: 'Far below the market.' },
    GOOD: { description: 'Below the market.' },
    FAIR: { description: 'About the market.' },
    HIGH: { description: 'Above the market.' },
    OVERPRICED: { description: 'Far above the market.' },
  },
});

/** The rank of what cannot be rated: behind everything that can be. */
export const UNRATED = 1_000_000_000;
