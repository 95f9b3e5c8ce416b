import { parse, print } from 'graphql';
import { expect, it } from 'vitest';
import { forgetComments } from '../../../../src/app/limits/comments.js';

it('takes the comments out of the chain of tokens, forwards and backwards, and nothing else', () => {
  const document = parse('# one\n# two\n{ me # three\n { id } }\n# four');
  const text = print(document);
  forgetComments(document);
  const forwards: string[] = [];
  for (let token = document.loc?.startToken; token; token = token.next ?? undefined)
    forwards.push(token.kind);
  const backwards: string[] = [];
  for (let token = document.loc?.endToken; token; token = token.prev ?? undefined) backwards.push(token.kind);
  expect(forwards).toEqual(['<SOF>', '{', 'Name', '{', 'Name', '}', '}', '<EOF>']);
  expect(backwards).toEqual(forwards.toReversed());
  expect(print(document)).toBe(text);
});
