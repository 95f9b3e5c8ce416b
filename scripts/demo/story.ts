import { setTimeout as sleep } from 'node:timers/promises';
import type { Acts, Vehicle } from './acts.js';
import { dollars, narrate } from './print.js';
import type { Screen } from './screen.js';

/** Somebody in the story: what it does, and what its screen shows. */
export interface Player {
  readonly does: Acts;
  readonly screen: Screen;
}

export type Cast = Readonly<Record<'dealer' | 'bea' | 'carl' | 'ines', Player>>;

/** Plays the story and returns how long the log of each negotiation is, by its id. */
export async function play(cast: Cast, pace: number): Promise<Map<string, number>> {
  const story = new Story(cast, pace);
  const vehicle = await story.listing();
  const withBea = await story.bidAndChat(vehicle);
  await story.declinedByRule(vehicle);
  const withInes = await story.invitation(vehicle);
  await story.agreement(withBea, withInes);
  await story.fallThrough(withBea);
  await story.secondChance(vehicle);
  return story.lengths;
}

class Story {
  readonly lengths = new Map<string, number>();

  constructor(
    private readonly cast: Cast,
    private readonly pace: number,
  ) {}

  /** A dealer lists a car; three buyers look at it and save it. */
  async listing(): Promise<Vehicle> {
    const { dealer, bea, carl, ines } = this.cast;
    const vehicle = await dealer.does.list();
    const { year, make, model, trim, askingPrice } = vehicle;
    narrate(`The dealer lists a ${year} ${make} ${model} ${trim} for ${dollars(askingPrice)}.`);
    for (const { screen, does } of [dealer, bea, carl, ines])
      screen.watch(vehicle.id, await does.lastNotification());
    let saved = 0;
    for (const { does } of [bea, carl, ines]) saved = await does.viewAndSave(vehicle.id);
    narrate(`Bea, Carl and Ines look at it: ${saved} have saved it.`);
    return vehicle;
  }

  /** One bids, and both write: each sees the other type and read. */
  async bidAndChat(vehicle: Vehicle): Promise<string> {
    const { dealer, bea } = this.cast;
    narrate('Bea bids, and asks.');
    const { id } = await bea.does.start(vehicle.id, '21000.00', 'Would you take this today?');
    bea.screen.follow(id);
    await this.bothSee(bea, id, 1);
    await this.types(bea, dealer, id);
    const question = await bea.does.write(id, 'Does it come with a second key?');
    await this.bothSee(bea, id, question);
    await dealer.does.read(id, question);
    await bea.screen.sees(`has read up to #${question}`);
    await this.types(dealer, bea, id);
    const answer = await dealer.does.write(id, 'Two keys, and the service book.');
    await this.bothSee(bea, id, answer);
    await bea.does.read(id, answer);
    await dealer.screen.sees(`has read up to #${answer}`);
    return id;
  }

  /** What is too low is turned down by the dealer's rules, in the moment in which it is made. */
  async declinedByRule(vehicle: Vehicle): Promise<void> {
    const { carl } = this.cast;
    narrate('Carl tries his luck. The dealer is asked nothing: its rules know the answer.');
    const { id } = await carl.does.start(vehicle.id, '15000.00', 'Cash.');
    carl.screen.follow(id);
    await this.bothSee(carl, id, 2);
  }

  /** Who has saved it and does not negotiate is made an offer; one answers. */
  async invitation(vehicle: Vehicle): Promise<string> {
    const { dealer, carl, ines } = this.cast;
    narrate('The dealer makes an offer to who has saved the car and does not negotiate.');
    const invited = await dealer.does.invite(vehicle.id, '23600.00', 'For you, if you come this week.');
    await Promise.all([carl.screen.sees('#1 Dealer: $23,600'), ines.screen.sees('#1 Dealer: $23,600')]);
    narrate(`${invited} were invited. Ines answers.`);
    const [carls, ineses] = [carl, ines].map(
      ({ screen }) => [...screen.negotiations.keys()].at(-1) as string,
    );
    // The dealer hears of an invitation that it made itself once it is answered: here it opens them by hand.
    for (const id of [carls, ineses]) dealer.screen.follow(id as string);
    await this.bothSee(carl, carls as string, 1);
    await this.bothSee(
      ines,
      ineses as string,
      await ines.does.offer(ineses as string, '22000.00', 'Here is mine.'),
    );
    return ineses as string;
  }

  /** Bea's phone is in a tunnel while the dealer answers; back again, she misses nothing, and they agree. */
  async agreement(withBea: string, withInes: string): Promise<void> {
    const { dealer, bea, carl, ines } = this.cast;
    narrate('Bea is in a tunnel while the dealer answers.');
    bea.screen.loseConnection(withBea);
    await dealer.does.offer(withBea, '23500.00', 'With four new tires.');
    const last = await dealer.does.write(withBea, 'It stands at the front of the lot.');
    await dealer.screen.until(withBea, last);
    bea.screen.regainConnection();
    await this.bothSee(bea, withBea, last);
    await this.bothSee(bea, withBea, await bea.does.offer(withBea, '22800.00', 'Can we meet in the middle?'));
    narrate('The dealer accepts: the car is held for Bea, and the others are told.');
    const offerId = dealer.screen.standingOfferOf(withBea);
    await this.bothSee(bea, withBea, await dealer.does.accept(withBea, offerId));
    for (const { screen } of [carl, ines]) await screen.sees('closed: the car went to another buyer');
    await this.bothSee(ines, withInes, 3);
    await this.bothSee(carl, [...carl.screen.negotiations.keys()].at(-1) as string, 2);
  }

  async fallThrough(withBea: string): Promise<void> {
    const { bea, carl, ines } = this.cast;
    narrate("Bea's bank says no. Whom her agreement had displaced may start again, at no cost.");
    await this.bothSee(bea, withBea, await bea.does.giveUp(withBea, 'The bank said no. I am sorry.'));
    for (const { screen } of [carl, ines]) await screen.sees('Available again');
  }

  async secondChance(vehicle: Vehicle): Promise<void> {
    const { dealer, ines } = this.cast;
    const { id, left } = await ines.does.start(vehicle.id, '22900.00', 'Still interested.');
    narrate(`Ines returns and offers; ${left} of her offers are left.`);
    ines.screen.follow(id);
    await this.bothSee(ines, id, 1);
    await this.bothSee(ines, id, await dealer.does.accept(id, dealer.screen.standingOfferOf(id)));
    await this.bothSee(ines, id, await dealer.does.complete(id));
    for (const { screen } of Object.values(this.cast)) await screen.sees('the car: sold');
  }

  /** Again and again, as a keyboard does: it is told to who looks, and of what came before it nothing is kept. */
  private async types(writer: Player, reader: Player, negotiationId: string): Promise<void> {
    const seen = reader.screen.sees('is typing').then(() => true);
    do await writer.does.type(negotiationId);
    while (!(await Promise.race([seen, sleep(500, false)])));
  }

  /** Both look at their screens, and think, before the next one acts. */
  private async bothSee(buyer: Player, negotiationId: string, sequence: number): Promise<void> {
    this.lengths.set(negotiationId, Math.max(sequence, this.lengths.get(negotiationId) ?? 0));
    await Promise.all([
      buyer.screen.until(negotiationId, sequence),
      this.cast.dealer.screen.until(negotiationId, sequence),
    ]);
    await sleep(this.pace);
  }
}
