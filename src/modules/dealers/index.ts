export { Dealer, VerificationStatus } from './dealer.entity.js';
export { DealerClosed, DealerClosing, DealerReviewed } from './dealer.events.js';
export { holdDealer, holdDealerOf, lockDealer } from './dealer.holds.js';
export { countDealersAwaitingReview, dealerIdsInState, dealerIdsOfUser } from './dealer.reads.js';
export { dealerShape } from './dealer.shapes.js';
export { dealersWithin } from './dealer-places.reads.js';
