import { AppError, badInput } from '../../../kernel/errors.js';
import { InputCheck } from '../../../kernel/text.js';
import { vehicleLabel } from '../vehicle.names.js';

/** Characters of an alternative text: a sentence or two, as screen readers read them in one go. */
export const MAX_ALT = 200;

export interface NewPhoto<File> {
  readonly file: File;
  /** Null where the dealer gave none. */
  readonly alt: string | null;
}

/** The files of a call with their texts. BAD_USER_INPUT with all that is wrong. */
export function newPhotosOf<File extends object>(input: {
  readonly files: readonly File[];
  readonly alts?: readonly string[] | null;
}): NewPhoto<File>[] {
  const { files } = input;
  const check = new InputCheck();
  check.ensure(files.length > 0, 'files', 'Give one file at least.');
  // Each place of a request has a file of its own; but a document can name a place as often as it likes.
  check.ensure(new Set(files).size === files.length, 'files', 'Give each file once.');
  const given = input.alts ?? null;
  if (given !== null && given.length !== files.length) {
    check.fault('alts', `Give one text for each file: ${files.length} of them, "" for none.`);
  }
  const alts = given?.length === files.length ? given : [];
  const photos = files.map((file, index) => ({
    file,
    alt: check.optionalLine('alts', alts[index], MAX_ALT),
  }));
  check.done();
  return photos;
}

/** PAYLOAD_TOO_LARGE where a vehicle would have more photos than it may. */
export function refuseTooMany(present: number, more: number, max: number): void {
  if (present + more <= max) return;
  throw new AppError(
    'PAYLOAD_TOO_LARGE',
    `A vehicle has ${max} photos at most. This one has ${present} already.`,
  );
}

interface Placed {
  readonly id: string;
}

/**
 * The photos in another order. BAD_USER_INPUT where the ids are not those of the photos, each once: a client that was
 * overtaken by another change reads again what there is.
 */
export function reordered<Photo extends Placed>(photos: readonly Photo[], ids: readonly string[]): Photo[] {
  const byId = new Map(photos.map((photo) => [photo.id, photo]));
  const found = ids.map((id) => byId.get(id)).filter((photo) => photo !== undefined);
  const isWhole = ids.length === photos.length && new Set(found).size === photos.length;
  if (!isWhole) throw badInput({ imageIds: ["Name each of the vehicle's photos, as they are now, once."] });
  return found;
}

/**
 * What a screen reader says where the dealer wrote nothing. Better than silence, or the name of a file: it tells which car
 * it is about and that there are more of them.
 */
export function altOf(image: {
  readonly alt: string | null;
  readonly position: number;
  readonly vehicle: Parameters<typeof vehicleLabel>[0];
}): string {
  return image.alt ?? `${vehicleLabel(image.vehicle)}, photo ${image.position + 1}`;
}
