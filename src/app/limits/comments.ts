import { type DocumentNode, type Token, TokenKind } from 'graphql';

/**
 * Takes the comments out of a document's chain of tokens, where graphql-js keeps them without counting them: a hundred bytes
 * for each, as long as a subscription that was asked for by the document.
 */
export function forgetComments(document: DocumentNode): void {
  let last: { -readonly [K in keyof Token]: Token[K] } | undefined = document.loc?.startToken;
  while (last) {
    let next: typeof last | null = last.next;
    while (next?.kind === TokenKind.COMMENT) next = next.next;
    last.next = next as Token | null;
    if (next) next.prev = last as Token;
    last = next ?? undefined;
  }
}
