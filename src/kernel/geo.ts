/** The mean radius of the earth: 6,371.0088 km (IUGG, GRS 80) in international miles of 1,609.344 m. */
export const EARTH_RADIUS_MILES = 3_958.7613;

export interface GeoPoint {
  /** Degrees north, -90 to 90. */
  readonly latitude: number;
  /** Degrees east, -180 to 180. */
  readonly longitude: number;
}

export interface Circle extends GeoPoint {
  readonly radiusMiles: number;
}

/** Degrees from south to north and from west to east, both ends included. */
export interface Box {
  readonly south: number;
  readonly north: number;
  /** One range, or the two on either side of the antimeridian. */
  readonly longitudes: ReadonlyArray<readonly [west: number, east: number]>;
}

/** More than what rounding can be off by (some 40 feet), so that a box never cuts off what is on the rim. */
const SLACK_DEGREES = 1e-4;

/**
 * Miles between two places along the surface of a sphere. By haversines of the angle and of its supplement: one of the two
 * is always exact, so that places at each other's antipodes are as exact as neighbours.
 */
export function greatCircleMiles(from: GeoPoint, to: GeoPoint): number {
  const cosines = Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude));
  const halfTurn = radians(to.longitude - from.longitude) / 2;
  const apart = radians(to.latitude - from.latitude) / 2;
  const together = radians(to.latitude + from.latitude) / 2;
  const near = Math.sin(apart) ** 2 + cosines * Math.sin(halfTurn) ** 2;
  const far = Math.sin(together) ** 2 + cosines * Math.cos(halfTurn) ** 2;
  return 2 * EARTH_RADIUS_MILES * Math.atan2(Math.sqrt(near), Math.sqrt(far));
}

/** A box that holds all of a circle, and as little else as a box can. */
export function boxAround({ latitude, longitude, radiusMiles }: Circle): Box {
  const angle = radiusMiles / EARTH_RADIUS_MILES;
  const south = latitude - degrees(angle) - SLACK_DEGREES;
  const north = latitude + degrees(angle) + SLACK_DEGREES;
  // A circle that holds a pole holds some of every meridian.
  if (south <= -90 || north >= 90) return { south, north, longitudes: [[-180, 180]] };
  // Where the meridian touches the circle, which is nearer to the pole than the centre.
  const sine = Math.min(1, Math.sin(angle) / Math.cos(radians(latitude)));
  const width = degrees(Math.asin(sine)) + SLACK_DEGREES;
  return { south, north, longitudes: wrapped(longitude - width, longitude + width) };
}

function wrapped(west: number, east: number): Box['longitudes'] {
  if (west < -180)
    return [
      [west + 360, 180],
      [-180, east],
    ];
  if (east > 180)
    return [
      [west, 180],
      [-180, east - 360],
    ];
  return [[west, east]];
}

function radians(value: number): number {
  return (value * Math.PI) / 180;
}

function degrees(value: number): number {
  return (value * 180) / Math.PI;
}
