import { type DocumentNode, getOperationAST, Kind, type SelectionSetNode, visit } from 'graphql';
import type { Composed } from '../compose.js';
import type { LiveOperation } from '../live-operations.js';
import { EventAnswers, type Hearer } from './shared-answers.js';

/** Variables of which equal operations are not looked for: what is found by them is kept as long as its sockets. */
const MAX_VARIABLES_LENGTH = 1_000;

/** The subscriptions that run on this node, equal ones as one. */
export class SharedOperations {
  /** How many run of each field of Subscription; for metrics. */
  readonly running = new Map<string, number>();
  private readonly known = new Map<string, SharedOperation>();
  private readonly documents = new WeakMap<DocumentNode, { number: number; place: string | null }>();
  private lastDocument = 0;

  constructor(private readonly composed: Composed) {}

  /** Takes in one more who asks for it, until it leaves. */
  enter(operation: LiveOperation): SharedOperation {
    const key = this.keyOf(operation);
    const shared = this.known.get(key) ?? new SharedOperation(operation, this.composed, key);
    if (key !== '') this.known.set(key, shared);
    shared.members += 1;
    this.count(shared, 1);
    return shared;
  }

  leave(shared: SharedOperation): void {
    shared.members -= 1;
    if (shared.members === 0) this.known.delete(shared.key);
    this.count(shared, -1);
  }

  private count({ field }: SharedOperation, by: number): void {
    const count = (this.running.get(field) ?? 0) + by;
    if (count > 0) this.running.set(field, count);
    else this.running.delete(field);
  }

  /** Empty where nothing is to be looked for. */
  private keyOf({ document, operationName, variableValues }: LiveOperation): string {
    const known = this.documents.get(document) ?? {
      number: ++this.lastDocument,
      place: placeIn(document, operationName),
    };
    this.documents.set(document, known);
    const { [known.place ?? '']: _place, ...others } = variableValues ?? {};
    const variables = textOf(known.place === null ? (variableValues ?? {}) : others);
    if (variables === null || variables.length > MAX_VARIABLES_LENGTH) return '';
    return `${known.number} ${operationName ?? ''} ${variables}`;
  }
}

/** One operation, for all who ask for it; each of them follows its source for itself. */
export class SharedOperation {
  members = 0;
  /** What it is a subscription to. */
  readonly field: string;
  /** Followers of a stream are handed the same object for the same event, as long as one of them has it. */
  private answers: WeakMap<object, EventAnswers> | null = null;
  private viewerMatters = false;

  constructor(
    private readonly operation: LiveOperation,
    private readonly composed: Composed,
    readonly key: string,
  ) {
    this.field = fieldOf(operation);
  }

  tell(event: unknown, hearer: Hearer): void {
    const isShared = this.members > 1 && typeof event === 'object' && event !== null;
    const answers = isShared ? this.sharedAnswersTo(event) : this.answersTo(event);
    answers.tell(hearer);
  }

  private sharedAnswersTo(event: object): EventAnswers {
    this.answers ??= new WeakMap();
    let answers = this.answers.get(event);
    if (!answers || answers.isStale) {
      answers = this.answersTo(event);
      this.answers.set(event, answers);
    }
    return answers;
  }

  private answersTo(event: unknown): EventAnswers {
    const learn = () => {
      this.viewerMatters = true;
    };
    return new EventAnswers(event, this.operation, this.field, this.composed, learn, this.viewerMatters);
  }
}

/** Null for what is nested too deeply: it can be parsed, but not written again. */
function textOf(variables: Record<string, unknown>): string | null {
  try {
    return JSON.stringify(variables);
  } catch {
    return null;
  }
}

/**
 * The variable that only says where in its stream a subscription begins (`after` of the root field): no answer depends on
 * it. Null where there is none, or where it stands anywhere else as well.
 */
function placeIn(document: DocumentNode, operationName: string | null | undefined): string | null {
  const field = rootFieldOf(document, getOperationAST(document, operationName)?.selectionSet);
  const value = field?.arguments?.find(({ name }) => name.value === 'after')?.value;
  if (value?.kind !== Kind.VARIABLE) return null;
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      if (name.value === value.name.value) uses += 1;
    },
  });
  return uses === 1 ? value.name.value : null;
}

function fieldOf({ document, operationName }: LiveOperation): string {
  return rootFieldOf(document, getOperationAST(document, operationName)?.selectionSet)?.name.value ?? '';
}

/** A subscription has one root field, if in a fragment. */
function rootFieldOf(document: DocumentNode, set: SelectionSetNode | undefined) {
  for (let node = set?.selections[0]; node; ) {
    if (node.kind === Kind.FIELD) return node;
    if (node.kind === Kind.INLINE_FRAGMENT) {
      node = node.selectionSet.selections[0];
      continue;
    }
    const { value } = node.name;
    const fragment = document.definitions.find(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === value,
    );
    node = fragment?.kind === Kind.FRAGMENT_DEFINITION ? fragment.selectionSet.selections[0] : undefined;
  }
  return undefined;
}
