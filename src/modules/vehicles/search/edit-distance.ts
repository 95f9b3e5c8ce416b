/**
 * How many letters must be put in, left out, exchanged, or swapped with their neighbour to make one word of the other,
 * where no letter is touched twice (the optimal string alignment form of Damerau's distance). Null where it is more than
 * `most`: then the answer costs little.
 */
export function editDistance(from: string, to: string, most: number): number | null {
  if (Math.abs(from.length - to.length) > most) return null;
  let beforeLast: number[] = [];
  let last: number[] = [];
  for (let column = 0; column <= to.length; column++) last.push(column);
  let leastOfLast = 0;
  for (let row = 1; row <= from.length; row++) {
    const current = nextRow(from, to, row, last, beforeLast);
    const least = leastIn(current);
    // No path leads below the least of two rows: a swap reaches over one of them.
    if (least > most && leastOfLast > most) return null;
    leastOfLast = least;
    beforeLast = last;
    last = current;
  }
  const distance = last[to.length] as number;
  return distance > most ? null : distance;
}

function nextRow(from: string, to: string, row: number, last: number[], beforeLast: number[]): number[] {
  const current = [row];
  for (let column = 1; column <= to.length; column++) {
    const isSame = from[row - 1] === to[column - 1];
    let least = (last[column - 1] as number) + (isSame ? 0 : 1);
    least = Math.min(least, (last[column] as number) + 1, (current[column - 1] as number) + 1);
    const isSwapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
    if (isSwapped && column > 1) least = Math.min(least, (beforeLast[column - 2] as number) + 1);
    current.push(least);
  }
  return current;
}

function leastIn(row: readonly number[]): number {
  let least = row[0] as number;
  for (const value of row) if (value < least) least = value;
  return least;
}
