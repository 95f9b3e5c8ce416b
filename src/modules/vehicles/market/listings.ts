/** What is known of a listing but its id. */
const COLUMNS = [
  'year',
  'mileage',
  'askingPrice',
  'isNew',
  'isSold',
  'isDue',
  'updatedAt',
  'marketValue',
  'comparableCount',
] as const;
type Column = (typeof COLUMNS)[number];

/** Miles, cents, milliseconds; 1 and 0 for yes and no. */
export type ListingFigures = Readonly<Record<Column, number | null>>;

const ROOM_AT_FIRST = 256;

/**
 * Listings of one make and model as columns of numbers, each listing at a place: an object for each of 50,000 would be
 * 30 MB, and this is 10. Null is NaN.
 */
export class Listings {
  readonly ids: string[] = [];
  private readonly places = new Map<string, number>();
  private readonly columns: Record<Column, Float64Array<ArrayBuffer>> = columnsFor(ROOM_AT_FIRST);

  get size(): number {
    return this.ids.length;
  }

  /** What is told of a listing for a second time replaces what was known of it. */
  put(id: string, figures: ListingFigures): void {
    const place = this.places.get(id) ?? this.ids.push(id) - 1;
    this.places.set(id, place);
    if (place >= this.columns.year.length) this.makeRoomFor(2 * place);
    for (const column of COLUMNS) this.columns[column][place] = figures[column] ?? Number.NaN;
  }

  /** Holds as long as nothing is put. */
  column(name: Column): Float64Array {
    return this.columns[name].subarray(0, this.size);
  }

  /** Gives the memory of the columns back at once: V8 lets what lies outside of its heap lie for long. */
  letGo(): void {
    this.makeRoomFor(0);
  }

  private makeRoomFor(count: number): void {
    for (const name of COLUMNS) {
      const { buffer, BYTES_PER_ELEMENT } = this.columns[name];
      this.columns[name] = new Float64Array(buffer.transfer(count * BYTES_PER_ELEMENT));
    }
  }
}

function columnsFor(room: number) {
  const made = COLUMNS.map((name) => [name, new Float64Array(room)] as const);
  return Object.fromEntries(made) as Record<Column, Float64Array<ArrayBuffer>>;
}
