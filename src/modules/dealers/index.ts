export { Dealer, VerificationStatus } from './dealer.entity.js';
export { DealerReviewed } from './dealer.events.js';
export { dealerIdsInState, dealerIdsOfUser } from './dealer.reads.js';
export { dealerShape } from './dealer.shapes.js';
