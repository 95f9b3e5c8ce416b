export { DealerStats } from './figures/dealer-stats.payloads.js';
export { readDealerStats } from './figures/dealer-stats.reads.js';
export { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';
export * from './negotiation.enums.js';
export * from './negotiation.events.js';
export { negotiationShape, offerShape } from './negotiation.shapes.js';
export { standsAt } from './negotiation.standing.js';
