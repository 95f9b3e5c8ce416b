/** The demo's photos are drawings of ours: a car of each body in each colour, from the side, before the evening or the morning. */

export const DRAWN_WIDTH = 640;
export const DRAWN_HEIGHT = 480;

/** What the colours of the catalogue look like. */
const PAINTS: ReadonlyArray<[word: RegExp, name: string, paint: string]> = [
  [/white|ivory/i, 'white', '#eceff1'],
  [/silver/i, 'silver', '#b8c0c6'],
  [/gr[ae]y/i, 'gray', '#5f6a72'],
  [/blue/i, 'blue', '#27507f'],
  [/red|burgundy/i, 'red', '#9c2230'],
  [/green/i, 'green', '#2f5d43'],
  [/sand|bronze|orange/i, 'bronze', '#a9743f'],
  [/./, 'black', '#23272b'],
];

/** Roofs and windows over one chassis, in the drawing's units; what is not here is drawn as a sedan. */
const BODIES: Readonly<Record<string, { roof: string; glass: string }>> = {
  sedan: {
    roof: 'M230 520 Q300 505 400 500 L480 410 Q500 390 540 388 L730 388 Q765 390 790 412 L860 498 Q960 505 990 530',
    glass: 'M425 498 L495 415 Q505 402 535 401 L725 401 Q752 402 772 420 L832 498 Z',
  },
  coupe: {
    roof: 'M220 525 Q310 508 420 505 L540 415 Q570 398 610 398 Q720 400 800 450 L900 505 Q970 512 990 535',
    glass: 'M450 503 L555 424 Q575 411 612 411 Q710 414 785 460 L850 503 Z',
  },
  suv: {
    roof: 'M230 500 Q290 470 380 465 L450 360 Q462 340 500 338 L880 338 Q915 340 930 370 L975 470 L990 520',
    glass: 'M405 463 L468 366 Q475 352 500 351 L875 351 Q900 353 912 376 L948 463 Z',
  },
  pickup: {
    roof: 'M225 505 Q290 480 385 474 L450 370 Q462 350 500 348 L650 348 Q675 350 682 372 L700 470 L985 470 L990 525',
    glass: 'M410 472 L468 377 Q475 362 500 361 L645 361 Q662 363 667 380 L682 472 Z',
  },
  van: {
    roof: 'M230 500 Q260 450 330 430 L430 330 Q450 315 490 313 L950 313 Q985 315 988 350 L992 520',
    glass: 'M355 430 L445 341 Q460 328 490 327 L700 327 L700 430 Z',
  },
  hatchback: {
    roof: 'M250 520 Q310 500 400 495 L480 400 Q495 382 530 380 L800 380 Q850 384 890 440 L930 510 L965 535',
    glass: 'M428 493 L493 408 Q503 395 530 394 L795 394 Q835 398 866 445 L892 493 Z',
  },
  convertible: {
    roof: 'M220 528 Q310 508 430 506 L520 440 L540 440 L470 508 L800 505 Q960 508 990 535',
    glass: 'M440 504 L522 444 L534 446 L466 506 Z',
  },
};

const SAME_BODY: Readonly<Record<string, string>> = {
  crossover: 'suv',
  wagon: 'hatchback',
  minivan: 'van',
  other: 'sedan',
};

const SKIES = [
  ['#f3d9b8', '#e8a87c', '#7d7f86'],
  ['#d6e8f5', '#a8cbe3', '#8b8f94'],
] as const;

/** Which drawing shows a vehicle: its name, and the drawing itself. */
export interface Drawing {
  /** Lower-case words joined by `-`: it becomes a part of a key. */
  readonly name: string;
  readonly svg: string;
}

/** The drawings of a vehicle, the primary one first. */
export function drawingsOf(vehicle: {
  readonly bodyType: string | null;
  readonly exteriorColor: string | null;
}): Drawing[] {
  const wanted = (vehicle.bodyType ?? 'other').toLowerCase();
  const body = wanted in BODIES ? wanted : (SAME_BODY[wanted] ?? 'sedan');
  const paint = PAINTS.find(([word]) => word.test(vehicle.exteriorColor ?? '-')) as (typeof PAINTS)[number];
  return bothSides(body, paint);
}

/** All that `drawingsOf` ever gives. */
export function allDrawings(): Drawing[] {
  return Object.keys(BODIES).flatMap((body) => PAINTS.flatMap((paint) => bothSides(body, paint)));
}

function bothSides(body: string, [, colour, paint]: (typeof PAINTS)[number]): Drawing[] {
  return SKIES.map((sky, place) => ({
    name: `${body}-${colour}-${place === 0 ? 'evening' : 'morning'}`,
    svg: drawing(BODIES[body] as { roof: string; glass: string }, paint, sky, place === 1),
  }));
}

function drawing(
  { roof, glass }: { roof: string; glass: string },
  paint: string,
  [high, low, road]: readonly [string, string, string],
  mirrored: boolean,
): string {
  const wheel = (x: number) => `<g transform="translate(${x} 618)">
    <circle r="72" fill="#17191b"/><circle r="44" fill="#c6ccd1"/><circle r="34" fill="#8d959c"/>
    ${[0, 72, 144, 216, 288].map((turn) => `<rect x="-6" y="-42" width="12" height="42" fill="#d9dee2" transform="rotate(${turn})"/>`).join('')}
    <circle r="11" fill="#5a6268"/></g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${DRAWN_WIDTH}" height="${DRAWN_HEIGHT}" viewBox="0 0 1200 900">
  <defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${high}"/><stop offset="1" stop-color="${low}"/></linearGradient>
  <linearGradient id="p" x2="0" y2="1"><stop stop-color="${paint}"/><stop offset="1" stop-color="#101214"/></linearGradient></defs>
  <rect width="1200" height="900" fill="url(#s)"/>
  <path d="M0 560 Q300 500 620 545 T1200 530 V900 H0 Z" fill="#6f7f74" opacity=".55"/>
  <rect y="640" width="1200" height="260" fill="${road}"/><rect y="640" width="1200" height="8" fill="#fff" opacity=".35"/>
  <g transform="${mirrored ? 'translate(1200 0) scale(-1 1)' : ''}">
  <ellipse cx="610" cy="694" rx="440" ry="22" fill="#000" opacity=".35"/>
  <path d="${roof} Q1010 590 985 628 L230 632 Q195 600 215 545 Z" fill="${paint}"/>
  <path d="M215 565 Q600 545 1000 565 Q1008 600 985 628 L230 632 Q198 610 215 565 Z" fill="url(#p)" opacity=".75"/>
  <path d="${glass}" fill="#26323c"/><path d="${glass}" fill="#fff" opacity=".12"/>
  <path d="M610 508 V600" stroke="#000" stroke-opacity=".25" stroke-width="4"/>
  <rect x="640" y="528" width="52" height="9" rx="4" fill="#000" opacity=".35"/>
  <path d="M225 540 q28 -6 46 8 l-8 18 h-46 z" fill="#fff4cf"/><path d="M968 540 h24 l4 26 h-24 z" fill="#b3202a"/>
  ${wheel(370)}${wheel(850)}</g></svg>`;
}
