import { describe, expect, it } from 'vitest';
import {
  contentTypeOf,
  isKey,
  isPublicKey,
  keyOf,
  pictureKeyOf,
  thumbnailKeyOf,
} from '../../../src/kernel/files.js';

describe('keys of files', () => {
  it('say what lies there, and who may read it', () => {
    const key = keyOf('avatars', '3463cd3e-2787-43ef-9e5a-5593436ffa70', 'webp');
    expect(key).toBe('avatars/3463cd3e-2787-43ef-9e5a-5593436ffa70.webp');
    expect([isKey(key), isPublicKey(key), contentTypeOf(key)]).toEqual([true, true, 'image/webp']);
    const paper = keyOf('dealer_documents', 'a', 'pdf');
    expect([isKey(paper), isPublicKey(paper), contentTypeOf(paper)]).toEqual([
      true,
      false,
      'application/pdf',
    ]);
  });

  it('of a picture lead to its thumbnail and back', () => {
    const key = keyOf('avatars', '3463cd3e', 'webp');
    expect(thumbnailKeyOf(key)).toBe('avatars/3463cd3e-thumb.webp');
    expect(isKey(thumbnailKeyOf(key))).toBe(true);
    expect([pictureKeyOf(thumbnailKeyOf(key)), pictureKeyOf(key)]).toEqual([key, key]);
  });

  it.each([
    '__proto__/a.webp',
    'constructor/a.webp',
    'avatars/a.constructor',
    'avatars/a.webp\n',
    'avatars/a.webp/',
    'avatars//a.webp',
    'avatars/-a.webp',
    'avatars/a b.webp',
    'avatars/%2e.webp',
    'avatars/ä.webp',
    'avatars/a.svg',
    `avatars/${'a'.repeat(101)}.webp`,
  ])('are none of ours: %j', (text) => {
    expect(isKey(text)).toBe(false);
  });
});
