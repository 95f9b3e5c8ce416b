export { Dealer, VerificationStatus } from './dealer.entity.js';
export { DealerReviewed } from './dealer.events.js';
export { type DealerStanding, dealerOfUser } from './dealer.loaders.js';
export { containing, dealerIdsInState, dealerIdsOfUser } from './dealer.reads.js';
export { dealerShape } from './dealer.shapes.js';
