import { randomUUID } from 'node:crypto';
import type { Person } from '../builders.js';
import { pause } from '../live.js';
import type { Mutation } from '../moves.js';
import { sendUntilAnswered } from '../persistent.js';

/** Who writes takes at least so long over each thing: the disturbances are to fall into the writing. */
const PACE_MS = 200;

/** PostgreSQL's recovery, or a new node, may take its time where the machine is busy. */
const ANSWER_WITHIN_MS = 90_000;

/** Mutations whose input takes no word to the other side. */
const WORDLESS: readonly Mutation[] = ['acceptOffer', 'completeSale'];

export interface Done {
  readonly negotiationId: string;
  readonly offerId: string;
  readonly sequence: number;
}

/** One mutation, sent until it was answered. */
export interface Sent {
  readonly by: Person;
  readonly mutation: Mutation;
  readonly clientMutationId: string;
  /** What nobody else says, for it is the clientMutationId; null where the mutation says nothing. */
  readonly word: string | null;
  readonly attempts: number;
  readonly ms: number;
  readonly answeredAt: number;
  /** What came of it, or the code that it was refused with. */
  readonly outcome: Done | string;
}

interface Payload {
  readonly negotiation: { readonly id: string; readonly currentOffer: { readonly id: string } };
  readonly event: { readonly sequence: number };
}

/** Clients that write, each attempt to the next node, and all that they were told. */
export class Writers {
  readonly sent: Sent[] = [];
  private turn = 0;

  constructor(private readonly nodes: () => readonly string[]) {}

  get acknowledged(): Sent[] {
    return this.sent.filter(({ outcome }) => typeof outcome !== 'string');
  }

  get refused(): Sent[] {
    return this.sent.filter(({ outcome }) => typeof outcome === 'string');
  }

  /** A mutation that has to be done. */
  async do(by: Person, mutation: Mutation, input: object): Promise<Done> {
    const { outcome } = await this.try(by, mutation, input);
    if (typeof outcome !== 'string') return outcome;
    throw new Error(`${mutation} ${JSON.stringify(input)} was refused: ${outcome}`);
  }

  /** A mutation that may be refused. */
  async try(by: Person, mutation: Mutation, input: object, node?: string): Promise<Sent> {
    const clientMutationId = randomUUID();
    const sent = await this.send(by, mutation, { ...input, clientMutationId }, node);
    this.sent.push(sent);
    const { ms } = sent;
    if (ms < PACE_MS) await pause(PACE_MS - ms);
    return sent;
  }

  /** Sent to two nodes at once, as by somebody who has pressed twice: it is done once. */
  async doTwiceAtOnce(by: Person, mutation: Mutation, input: object): Promise<Done> {
    const clientMutationId = randomUUID();
    const whole = { ...input, clientMutationId };
    const [one, other] = await Promise.all([this.send(by, mutation, whole), this.send(by, mutation, whole)]);
    this.sent.push(one);
    const [a, b] = [one, other].map(({ outcome }) => JSON.stringify(sequenceOf(outcome)));
    if (a !== b || typeof one.outcome === 'string') throw new Error(`One call, two answers: ${a} and ${b}`);
    await pause(PACE_MS);
    return one.outcome;
  }

  private async send(
    by: Person,
    mutation: Mutation,
    given: { readonly clientMutationId: string },
    node?: string,
  ): Promise<Sent> {
    const { clientMutationId } = given;
    const word = WORDLESS.includes(mutation) ? null : clientMutationId;
    const told = word === null ? {} : { [mutation === 'sendMessage' ? 'body' : 'message']: word };
    const startedAt = Date.now();
    const answer = await sendUntilAnswered<Record<string, Payload>>(
      node ?? (() => this.nextNode()),
      by.token,
      documentOf(mutation),
      { ...given, ...told },
      ANSWER_WITHIN_MS,
    );
    const answeredAt = Date.now();
    const outcome = 'refused' in answer ? answer.refused : doneBy(answer.data[mutation] as Payload);
    const { attempts } = answer;
    const ms = answeredAt - startedAt;
    return { by, mutation, clientMutationId, word, attempts, ms, answeredAt, outcome };
  }

  /** Whether it is ready or not: who sends does not know. */
  private nextNode(): string {
    const nodes = this.nodes();
    this.turn += 1;
    return nodes[this.turn % nodes.length] as string;
  }
}

function documentOf(mutation: Mutation): string {
  const input = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  return `mutation ($input: ${input}!) {
    ${mutation}(input: $input) { negotiation { id currentOffer { id } } event { sequence } }
  }`;
}

function doneBy({ negotiation: { id, currentOffer }, event }: Payload): Done {
  return { negotiationId: id, offerId: currentOffer.id, sequence: event.sequence };
}

function sequenceOf(outcome: Done | string): object {
  if (typeof outcome === 'string') return { refused: outcome };
  return { negotiationId: outcome.negotiationId, sequence: outcome.sequence };
}

/** A change of a vehicle by its dealer, which comes to the same however often it is sent. */
export async function changeVehicle(
  url: string,
  { token }: Person,
  input: { readonly id: string; readonly mileage: number },
): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: 'mutation ($input: UpdateVehicleInput!) { updateVehicle(input: $input) { __typename } }',
      variables: { input },
    }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
}
