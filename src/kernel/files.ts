/** The folders that keys may begin with, and whether anybody may read what lies there. */
const folders = {
  vehicles: 'public',
  avatars: 'public',
  dealer_documents: 'private',
  bulk_uploads: 'private',
} as const;

export type Folder = keyof typeof folders;

const TYPES = {
  webp: 'image/webp',
  jpg: 'image/jpeg',
  png: 'image/png',
  pdf: 'application/pdf',
  csv: 'text/csv',
} as const;
export type Extension = keyof typeof TYPES;

const KEY = /^([a-z_]{1,30})\/([a-z0-9][a-z0-9-]{0,99})\.([a-z]{3,4})$/;

/** Whether a text is a key that we could have made: a folder of ours, a plain name, a type of ours. */
export function isKey(text: string): boolean {
  const match = KEY.exec(text);
  return (
    match !== null && Object.hasOwn(folders, match[1] as string) && Object.hasOwn(TYPES, match[3] as string)
  );
}

/** Whether anybody may read the file of this key; the others are read by a signed link. */
export function isPublicKey(key: string): boolean {
  return folders[key.slice(0, key.indexOf('/')) as Folder] === 'public';
}

export function keyOf(folder: Folder, name: string, extension: Extension): string {
  return `${folder}/${name}.${extension}`;
}

const THUMBNAIL = '-thumb';

/** Where the thumbnail of a picture lies: rows name the picture alone. */
export function thumbnailKeyOf(pictureKey: string): string {
  return pictureKey.replace(/(?=\.[a-z]+$)/, THUMBNAIL);
}

/** The picture that a key belongs to: itself, or the one that it is the thumbnail of. */
export function pictureKeyOf(key: string): string {
  return key.replace(new RegExp(`${THUMBNAIL}(?=\\.[a-z]+$)`), '');
}

/** The media type of a key's file: from its extension, which we chose by its content. */
export function contentTypeOf(key: string): string {
  return TYPES[key.slice(key.lastIndexOf('.') + 1) as Extension];
}
