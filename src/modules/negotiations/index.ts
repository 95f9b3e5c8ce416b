export { Negotiation, NegotiationEvent, Offer } from './negotiation.entity.js';
export * from './negotiation.enums.js';
export * from './negotiation.events.js';
export { negotiationShape, offerShape } from './negotiation.shapes.js';
