import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxAround, EARTH_RADIUS_MILES, type GeoPoint, greatCircleMiles } from '../../../src/kernel/geo.js';

const at = (latitude: number, longitude: number): GeoPoint => ({ latitude, longitude });
const HALF_ROUND = Math.PI * EARTH_RADIUS_MILES;

/** With the poles and the antimeridian more often than chance would have them. */
const latitude = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, 0, 89.999));
const longitude = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.constantFrom(-180, 180, 0, 179.999, -179.999),
);
const place = fc.record({ latitude, longitude });

describe('great-circle miles', () => {
  it.each([
    // Rosetta Code, "Haversine formula": 2887.2599506071 km on a sphere of 6372.8 km.
    ['Nashville to Los Angeles', at(36.12, -86.67), at(33.94, -118.4), 2_887.2599506071 / 6_372.8],
    // Ed Williams, Aviation Formulary, "Distance between points": 0.623585 radians (his longitudes count to the west).
    ['Los Angeles to New York', at(33.95, -118.4), at(40 + 38 / 60, -(73 + 47 / 60)), 0.623585],
    ['a pole to the equator', at(90, 12), at(0, -77), Math.PI / 2],
    ['pole to pole', at(90, 0), at(-90, 120), Math.PI],
    ['half around the equator', at(0, -90), at(0, 90), Math.PI],
    ['a degree of a meridian', at(40, 10), at(41, 10), Math.PI / 180],
    ['a degree of the equator across the antimeridian', at(0, 179.5), at(0, -179.5), Math.PI / 180],
    ['over the pole', at(89, 0), at(89, 180), (2 * Math.PI) / 180],
    ['the antimeridian to itself', at(50, 180), at(50, -180), 0],
  ])('measures %s', (_name, from, to, radians) => {
    const miles = greatCircleMiles(from, to);
    expect(miles / EARTH_RADIUS_MILES).toBeCloseTo(radians, 6);
    expect(greatCircleMiles(to, from)).toBe(miles);
  });

  it('tells neighbours and antipodes apart to less than an inch', () => {
    const INCH = 1 / 63_360;
    const step = 1e-6;
    const apart = (step * Math.PI * EARTH_RADIUS_MILES) / 180;
    expect(Math.abs(greatCircleMiles(at(10, 20), at(10 + step, 20)) - apart)).toBeLessThan(INCH);
    const toAntipodes = greatCircleMiles(at(10, 20), at(-10 + step, -160));
    expect(Math.abs(HALF_ROUND - toAntipodes - apart)).toBeLessThan(INCH);
  });

  it('is none to itself, the same both ways, and never more than half round', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const miles = greatCircleMiles(a, b);
        expect(greatCircleMiles(a, a)).toBe(0);
        expect(greatCircleMiles(b, a)).toBe(miles);
        expect(miles).toBeGreaterThanOrEqual(0);
        expect(miles).toBeLessThanOrEqual(HALF_ROUND * (1 + 1e-15));
      }),
    );
  });
});

describe('the box around a circle', () => {
  const holds = (box: ReturnType<typeof boxAround>, p: GeoPoint) =>
    box.south <= p.latitude &&
    p.latitude <= box.north &&
    box.longitudes.some(([west, east]) => west <= p.longitude && p.longitude <= east);

  it('holds all that the circle holds, its rim included', () => {
    fc.assert(
      fc.property(place, place, (centre, rim) => {
        const radiusMiles = greatCircleMiles(centre, rim);
        expect(holds(boxAround({ ...centre, radiusMiles }), rim)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds what is on the rim in every direction', () => {
    const direction = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
    const radius = fc.double({ min: 0.01, max: 3_000, noNaN: true });
    fc.assert(
      fc.property(place, direction, radius, (centre, bearing, radiusMiles) => {
        expect(holds(boxAround({ ...centre, radiusMiles }), destination(centre, bearing, radiusMiles))).toBe(
          true,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('is little larger than the circle', () => {
    expect(boxAround({ ...at(0, 0), radiusMiles: 69.1 })).toEqual({
      south: expect.closeTo(-1, 2),
      north: expect.closeTo(1, 2),
      longitudes: [[expect.closeTo(-1, 2), expect.closeTo(1, 2)]],
    });
    expect(boxAround({ ...at(60, 0), radiusMiles: 69.1 }).longitudes).toEqual([
      [expect.closeTo(-2, 1), expect.closeTo(2, 1)],
    ]);
  });

  it('is two ranges across the antimeridian, from either side', () => {
    const eastern = [
      [expect.closeTo(178.9, 1), 180],
      [-180, expect.closeTo(-179.1, 1)],
    ];
    expect(boxAround({ ...at(0, 179.9), radiusMiles: 69.1 }).longitudes).toEqual(eastern);
    expect(boxAround({ ...at(0, -179.9), radiusMiles: 69.1 }).longitudes).toEqual([
      [expect.closeTo(179.1, 1), 180],
      [-180, expect.closeTo(-178.9, 1)],
    ]);
  });

  it('is every meridian where a pole lies within', () => {
    expect(boxAround({ ...at(89.5, 10), radiusMiles: 69.1 }).longitudes).toEqual([[-180, 180]]);
    expect(boxAround({ ...at(-89.5, 10), radiusMiles: 69.1 }).longitudes).toEqual([[-180, 180]]);
    expect(boxAround({ ...at(10, 10), radiusMiles: 25_000 }).longitudes).toEqual([[-180, 180]]);
  });
});

/** Where one comes to from a place, in a direction from north; Aviation Formulary, "Lat/lon given radial and distance". */
function destination(from: GeoPoint, bearing: number, miles: number): GeoPoint {
  const angle = miles / EARTH_RADIUS_MILES;
  const phi = (from.latitude * Math.PI) / 180;
  const sine = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing);
  const turn = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(phi),
    Math.cos(angle) - Math.sin(phi) * sine,
  );
  const longitude = from.longitude + (turn * 180) / Math.PI;
  return {
    latitude: (Math.asin(Math.max(-1, Math.min(1, sine))) * 180) / Math.PI,
    longitude: longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude,
  };
}
