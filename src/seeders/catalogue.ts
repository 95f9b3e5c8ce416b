/**
 * What the demo's listings are made of. Cars: models, trims, years and world manufacturer identifiers (the first three
 * characters of a VIN, assigned by SAE under 49 CFR 565.16) as sold in the United States; MSRPs are rounded figures of
 * about the last model year of each row. Dealers and buyers are invented; their cities, ZIP codes and coordinates are real,
 * their telephone numbers lie in 555-0100 to 555-0199, which is kept for fiction.
 */

export type BodyType =
  | 'SEDAN'
  | 'COUPE'
  | 'HATCHBACK'
  | 'WAGON'
  | 'SUV'
  | 'CROSSOVER'
  | 'PICKUP'
  | 'VAN'
  | 'MINIVAN'
  | 'CONVERTIBLE'
  | 'OTHER';
export type FuelType = 'GASOLINE' | 'DIESEL' | 'HYBRID' | 'PLUGIN_HYBRID' | 'ELECTRIC' | 'HYDROGEN' | 'OTHER';
export type Transmission = 'AUTOMATIC' | 'MANUAL' | 'CVT' | 'OTHER';
export type Drivetrain = 'FWD' | 'RWD' | 'AWD' | 'FOUR_WD';
export type Condition = 'NEW' | 'USED' | 'CERTIFIED';

/** How a row of the table says it: body, fuel, transmission and drivetrain in one text that the compiler checks. */
type Build = `${BodyType} ${FuelType} ${Transmission} ${Drivetrain}`;
/** Model, [first, last] model year in this form, build, WMI, trims with their MSRP in dollars from plain to best. */
type Row = readonly [string, readonly [number, number], Build, string, Readonly<Record<string, number>>];

export interface CatalogueModel {
  make: string;
  model: string;
  firstYear: number;
  lastYear: number;
  bodyType: BodyType;
  fuelType: FuelType;
  transmission: Transmission;
  drivetrain: Drivetrain;
  /** World manufacturer identifier, VIN positions 1 to 3. */
  wmi: string;
  /** Plain to best; MSRP in whole dollars in `lastYear`. */
  trims: readonly { name: string; msrpDollars: number }[];
  /** Share of its value that a car of this make keeps over a year, after the first. */
  yearlyRetention: number;
}

interface Make {
  yearlyRetention: number;
  rows: readonly Row[];
}

// biome-ignore format: one line a model reads as the table that it is
const MAKES: Readonly<Record<string, Make>> = {
  Acura: { yearlyRetention: 0.9, rows: [
    ['MDX', [2022, 2026], 'SUV GASOLINE AUTOMATIC AWD', '5J8', { Base: 53_700, Technology: 58_400, Advance: 65_900 }],
    ['RDX', [2019, 2025], 'CROSSOVER GASOLINE AUTOMATIC AWD', '5J8', { Base: 44_350, 'A-Spec': 49_850, Advance: 52_150 }],
    ['TLX', [2021, 2025], 'SEDAN GASOLINE AUTOMATIC FWD', '19U', { Technology: 45_400, 'A-Spec': 48_200 }],
  ] },
  Audi: { yearlyRetention: 0.87, rows: [
    ['A4', [2017, 2024], 'SEDAN GASOLINE AUTOMATIC AWD', 'WAU', { Premium: 44_100, 'Premium Plus': 47_700, Prestige: 52_600 }],
    ['Q4 e-tron', [2022, 2025], 'CROSSOVER ELECTRIC AUTOMATIC AWD', 'WA1', { Premium: 55_200, 'Premium Plus': 58_300 }],
    ['Q5', [2018, 2024], 'CROSSOVER GASOLINE AUTOMATIC AWD', 'WA1', { Premium: 45_400, 'Premium Plus': 50_000, Prestige: 57_300 }],
  ] },
  BMW: { yearlyRetention: 0.875, rows: [
    ['3 Series', [2020, 2026], 'SEDAN GASOLINE AUTOMATIC RWD', '3MW', { '330i': 47_500, M340i: 60_600 }],
    ['4 Series', [2021, 2026], 'CONVERTIBLE GASOLINE AUTOMATIC RWD', 'WBA', { '430i': 60_900, M440i: 71_500 }],
    ['X3', [2018, 2024], 'CROSSOVER GASOLINE AUTOMATIC AWD', '5UX', { xDrive30i: 49_500, M40i: 62_500 }],
    ['X5', [2019, 2026], 'SUV GASOLINE AUTOMATIC AWD', '5UX', { xDrive40i: 69_000, M60i: 91_500 }],
    ['i4', [2022, 2026], 'SEDAN ELECTRIC AUTOMATIC RWD', 'WBY', { eDrive35: 53_000, eDrive40: 58_500 }],
  ] },
  Buick: { yearlyRetention: 0.88, rows: [
    ['Enclave', [2018, 2024], 'SUV GASOLINE AUTOMATIC AWD', '5GA', { Essence: 47_000, Premium: 53_000, Avenir: 58_500 }],
    ['Encore GX', [2020, 2023], 'CROSSOVER GASOLINE CVT FWD', 'KL4', { Preferred: 26_900, Select: 28_400, Essence: 30_700 }],
  ] },
  Cadillac: { yearlyRetention: 0.88, rows: [
    ['Escalade', [2021, 2026], 'SUV GASOLINE AUTOMATIC FOUR_WD', '1GY', { Luxury: 89_000, 'Premium Luxury': 98_000, Sport: 101_000 }],
    ['XT5', [2020, 2025], 'CROSSOVER GASOLINE AUTOMATIC AWD', '1GY', { 'Premium Luxury': 53_700, Sport: 58_700 }],
  ] },
  Chevrolet: { yearlyRetention: 0.89, rows: [
    ['Bolt EV', [2017, 2021], 'HATCHBACK ELECTRIC AUTOMATIC FWD', '1G1', { LT: 36_500, Premier: 41_000 }],
    ['Corvette', [2020, 2026], 'COUPE GASOLINE AUTOMATIC RWD', '1G1', { '1LT': 70_000, '2LT': 77_000, '3LT': 82_000 }],
    ['Equinox', [2018, 2024], 'CROSSOVER GASOLINE AUTOMATIC FWD', '3GN', { LS: 28_000, LT: 29_500, Premier: 33_700 }],
    ['Equinox EV', [2024, 2026], 'CROSSOVER ELECTRIC AUTOMATIC FWD', '3GN', { LT: 36_500, RS: 41_900 }],
    ['Malibu', [2019, 2025], 'SEDAN GASOLINE CVT FWD', '1G1', { LS: 26_000, RS: 26_900, LT: 29_000 }],
    ['Silverado 1500', [2014, 2018], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '3GC', { WT: 37_000, LT: 43_000, LTZ: 49_500 }],
    ['Silverado 1500', [2019, 2026], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '1GC', { WT: 44_000, LT: 52_000, RST: 56_000, LTZ: 61_500 }],
    ['Tahoe', [2021, 2026], 'SUV GASOLINE AUTOMATIC FOUR_WD', '1GN', { LS: 65_000, LT: 71_000, Z71: 73_500, Premier: 79_500 }],
    ['Volt', [2016, 2019], 'HATCHBACK PLUGIN_HYBRID AUTOMATIC FWD', '1G1', { LT: 34_400, Premier: 39_000 }],
  ] },
  Chrysler: { yearlyRetention: 0.87, rows: [
    ['Pacifica', [2017, 2026], 'MINIVAN GASOLINE AUTOMATIC FWD', '2C4', { Touring: 42_000, 'Touring L': 44_500, Limited: 50_000 }],
    ['Pacifica Hybrid', [2018, 2025], 'MINIVAN PLUGIN_HYBRID AUTOMATIC FWD', '2C4', { 'Touring L': 51_000, Limited: 56_500 }],
  ] },
  Dodge: { yearlyRetention: 0.89, rows: [
    ['Challenger', [2015, 2023], 'COUPE GASOLINE MANUAL RWD', '2C3', { 'R/T': 42_500, 'R/T Scat Pack': 51_500 }],
    ['Charger', [2015, 2023], 'SEDAN GASOLINE AUTOMATIC RWD', '2C3', { SXT: 34_500, 'R/T': 43_500, 'Scat Pack': 52_500 }],
  ] },
  Ford: { yearlyRetention: 0.895, rows: [
    ['Bronco', [2021, 2026], 'SUV GASOLINE AUTOMATIC FOUR_WD', '1FM', { 'Big Bend': 41_500, 'Outer Banks': 49_500, Badlands: 51_500 }],
    ['Escape', [2013, 2019], 'CROSSOVER GASOLINE AUTOMATIC FWD', '1FM', { S: 24_500, SE: 27_000, Titanium: 32_500 }],
    ['Explorer', [2020, 2024], 'SUV GASOLINE AUTOMATIC AWD', '1FM', { XLT: 42_500, Limited: 50_500, ST: 55_500, Platinum: 57_000 }],
    ['F-150', [2012, 2014], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '1FT', { XL: 32_500, XLT: 36_500, Lariat: 43_500 }],
    ['F-150', [2015, 2020], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '1FT', { XL: 38_500, XLT: 43_500, Lariat: 51_000, Platinum: 61_000 }],
    ['F-150', [2021, 2026], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '1FT', { XL: 45_500, XLT: 53_000, Lariat: 66_000, Platinum: 76_500 }],
    ['F-150 Lightning', [2022, 2025], 'PICKUP ELECTRIC AUTOMATIC AWD', '1FT', { Pro: 52_000, XLT: 63_500, Lariat: 77_000 }],
    ['Fusion', [2013, 2020], 'SEDAN GASOLINE AUTOMATIC FWD', '3FA', { S: 23_200, SE: 24_500, Titanium: 31_000 }],
    ['Mustang', [2015, 2023], 'COUPE GASOLINE MANUAL RWD', '1FA', { EcoBoost: 29_000, GT: 40_500, 'GT Premium': 44_500 }],
    ['Mustang', [2015, 2023], 'CONVERTIBLE GASOLINE AUTOMATIC RWD', '1FA', { 'EcoBoost Premium': 39_500, 'GT Premium': 51_500 }],
    ['Mustang Mach-E', [2021, 2026], 'CROSSOVER ELECTRIC AUTOMATIC AWD', '3FM', { Select: 41_500, Premium: 45_500, GT: 56_000 }],
    ['Transit-250', [2015, 2026], 'VAN GASOLINE AUTOMATIC RWD', '1FT', { 'Low Roof': 50_500, 'Medium Roof': 52_500, 'High Roof': 54_500 }],
  ] },
  GMC: { yearlyRetention: 0.895, rows: [
    ['Acadia', [2017, 2023], 'SUV GASOLINE AUTOMATIC AWD', '1GK', { SLE: 38_500, SLT: 43_000, Denali: 49_500 }],
    ['Sierra 1500', [2019, 2026], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '1GT', { SLE: 54_000, Elevation: 56_000, SLT: 60_500, Denali: 70_000 }],
    ['Yukon', [2021, 2026], 'SUV GASOLINE AUTOMATIC FOUR_WD', '1GK', { SLT: 74_000, AT4: 80_500, Denali: 85_000 }],
  ] },
  Honda: { yearlyRetention: 0.92, rows: [
    ['Accord', [2013, 2017], 'SEDAN GASOLINE CVT FWD', '1HG', { LX: 23_300, Sport: 25_200, 'EX-L': 29_700 }],
    ['Accord', [2018, 2022], 'SEDAN GASOLINE CVT FWD', '1HG', { LX: 27_600, Sport: 29_200, 'EX-L': 33_700 }],
    ['Accord Hybrid', [2023, 2026], 'SEDAN HYBRID CVT FWD', '1HG', { Sport: 34_500, 'EX-L': 35_900, Touring: 40_200 }],
    ['CR-V', [2012, 2014], 'CROSSOVER GASOLINE AUTOMATIC AWD', '5J6', { LX: 24_500, EX: 26_600, 'EX-L': 29_300 }],
    ['CR-V', [2017, 2022], 'CROSSOVER GASOLINE CVT AWD', '2HK', { LX: 28_900, EX: 31_200, 'EX-L': 33_900, Touring: 37_000 }],
    ['CR-V', [2023, 2026], 'CROSSOVER GASOLINE CVT AWD', '2HK', { LX: 32_600, EX: 34_900, 'EX-L': 37_500 }],
    ['CR-V Hybrid', [2023, 2026], 'CROSSOVER HYBRID CVT AWD', '2HK', { Sport: 37_000, 'Sport Touring': 43_000 }],
    ['Civic', [2012, 2015], 'SEDAN GASOLINE AUTOMATIC FWD', '2HG', { LX: 19_500, EX: 21_500 }],
    ['Civic', [2016, 2021], 'SEDAN GASOLINE CVT FWD', '2HG', { LX: 22_200, Sport: 23_800, EX: 25_000, Touring: 28_900 }],
    ['Civic', [2022, 2024], 'SEDAN GASOLINE CVT FWD', '2HG', { LX: 25_000, Sport: 27_000, EX: 28_000, Touring: 31_500 }],
    ['Odyssey', [2018, 2026], 'MINIVAN GASOLINE AUTOMATIC FWD', '5FN', { 'EX-L': 43_700, Touring: 48_000, Elite: 52_500 }],
    ['Pilot', [2016, 2022], 'SUV GASOLINE AUTOMATIC AWD', '5FN', { 'EX-L': 42_500, Touring: 46_500, Elite: 50_500 }],
  ] },
  Hyundai: { yearlyRetention: 0.895, rows: [
    ['Elantra', [2021, 2026], 'SEDAN GASOLINE CVT FWD', 'KMH', { SE: 22_900, SEL: 24_200, Limited: 28_000 }],
    ['Ioniq 5', [2022, 2024], 'CROSSOVER ELECTRIC AUTOMATIC AWD', 'KM8', { SE: 49_600, SEL: 51_700, Limited: 57_700 }],
    ['Palisade', [2020, 2025], 'SUV GASOLINE AUTOMATIC AWD', 'KM8', { SE: 40_300, SEL: 42_800, Limited: 51_000 }],
    ['Santa Fe', [2019, 2023], 'SUV GASOLINE AUTOMATIC AWD', '5NM', { SE: 31_300, SEL: 33_000, Limited: 41_000 }],
    ['Sonata', [2020, 2023], 'SEDAN GASOLINE AUTOMATIC FWD', '5NP', { SE: 26_000, SEL: 27_600, Limited: 35_500 }],
    ['Tucson Hybrid', [2022, 2026], 'CROSSOVER HYBRID AUTOMATIC AWD', 'KM8', { Blue: 34_700, Limited: 42_000 }],
  ] },
  Jeep: { yearlyRetention: 0.9, rows: [
    ['Grand Cherokee', [2014, 2021], 'SUV GASOLINE AUTOMATIC FOUR_WD', '1C4', { Laredo: 38_500, Limited: 44_000, Overland: 51_500 }],
    ['Grand Cherokee', [2022, 2026], 'SUV GASOLINE AUTOMATIC FOUR_WD', '1C4', { Laredo: 43_000, Limited: 49_000, Summit: 62_000 }],
    ['Wrangler', [2012, 2017], 'SUV GASOLINE MANUAL FOUR_WD', '1C4', { Sport: 27_500, Sahara: 33_500, Rubicon: 36_500 }],
    ['Wrangler', [2018, 2026], 'SUV GASOLINE AUTOMATIC FOUR_WD', '1C4', { Sport: 39_500, Sahara: 48_500, Rubicon: 52_000 }],
    ['Wrangler 4xe', [2021, 2025], 'SUV PLUGIN_HYBRID AUTOMATIC FOUR_WD', '1C4', { Sahara: 58_000, Rubicon: 62_000 }],
  ] },
  Kia: { yearlyRetention: 0.895, rows: [
    ['EV6', [2022, 2024], 'CROSSOVER ELECTRIC AUTOMATIC AWD', 'KND', { Wind: 53_000, 'GT-Line': 57_500 }],
    ['Forte', [2019, 2024], 'SEDAN GASOLINE CVT FWD', '3KP', { LXS: 20_900, 'GT-Line': 23_500 }],
    ['K5', [2021, 2024], 'SEDAN GASOLINE AUTOMATIC FWD', '5XX', { LXS: 26_400, 'GT-Line': 27_800, EX: 30_300 }],
    ['Niro', [2017, 2022], 'CROSSOVER HYBRID AUTOMATIC FWD', 'KND', { LX: 26_000, EX: 29_600, Touring: 31_900 }],
    ['Sorento', [2021, 2026], 'SUV GASOLINE AUTOMATIC FWD', '5XY', { LX: 33_500, S: 36_500, EX: 40_000, SX: 43_500 }],
    ['Telluride', [2020, 2025], 'SUV GASOLINE AUTOMATIC AWD', '5XY', { LX: 39_500, S: 42_000, EX: 45_000, SX: 50_000 }],
  ] },
  Lexus: { yearlyRetention: 0.92, rows: [
    ['ES 350', [2019, 2025], 'SEDAN GASOLINE AUTOMATIC FWD', '58A', { Base: 43_900, 'F Sport': 48_400, 'Ultra Luxury': 52_500 }],
    ['NX 350h', [2022, 2026], 'CROSSOVER HYBRID CVT AWD', '2T2', { Base: 45_500, Premium: 48_500, Luxury: 53_500 }],
    ['RX 350', [2016, 2022], 'CROSSOVER GASOLINE AUTOMATIC AWD', '2T2', { Base: 47_500, 'F Sport': 51_500 }],
  ] },
  Mazda: { yearlyRetention: 0.9, rows: [
    ['CX-5', [2017, 2021], 'CROSSOVER GASOLINE AUTOMATIC AWD', 'JM3', { Sport: 27_000, Touring: 28_700, 'Grand Touring': 32_500 }],
    ['CX-90', [2024, 2026], 'SUV GASOLINE AUTOMATIC AWD', 'JM3', { Select: 39_500, Preferred: 44_500, 'Premium Plus': 50_500 }],
    ['MX-5 Miata', [2016, 2026], 'CONVERTIBLE GASOLINE MANUAL RWD', 'JM1', { Sport: 31_000, Club: 34_500, 'Grand Touring': 36_000 }],
    ['Mazda3', [2019, 2023], 'HATCHBACK GASOLINE AUTOMATIC FWD', 'JM1', { Select: 25_500, Preferred: 27_500, Premium: 31_000 }],
  ] },
  'Mercedes-Benz': { yearlyRetention: 0.87, rows: [
    ['C-Class', [2015, 2021], 'SEDAN GASOLINE AUTOMATIC RWD', '55S', { 'C 300': 43_600 }],
    ['C-Class', [2022, 2026], 'SEDAN GASOLINE AUTOMATIC AWD', 'W1K', { 'C 300 4MATIC': 51_500 }],
    ['GLC', [2020, 2022], 'CROSSOVER GASOLINE AUTOMATIC AWD', 'W1N', { 'GLC 300 4MATIC': 46_500 }],
    ['GLE', [2020, 2026], 'SUV GASOLINE AUTOMATIC AWD', '4JG', { 'GLE 350 4MATIC': 65_500, 'GLE 450 4MATIC': 72_500 }],
    ['Sprinter 2500', [2020, 2026], 'VAN DIESEL AUTOMATIC RWD', 'W1Y', { 'Standard Roof': 52_500, 'High Roof': 56_000 }],
  ] },
  Nissan: { yearlyRetention: 0.885, rows: [
    ['Altima', [2019, 2025], 'SEDAN GASOLINE CVT FWD', '1N4', { SV: 28_000, SR: 29_500, SL: 33_500 }],
    ['Frontier', [2022, 2026], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '1N6', { SV: 38_000, 'PRO-4X': 43_000 }],
    ['Leaf', [2018, 2025], 'HATCHBACK ELECTRIC AUTOMATIC FWD', '1N4', { S: 29_300, 'SV Plus': 37_300 }],
    ['Rogue', [2014, 2020], 'CROSSOVER GASOLINE CVT AWD', '5N1', { S: 27_500, SV: 29_000, SL: 33_500 }],
    ['Rogue', [2021, 2026], 'CROSSOVER GASOLINE CVT AWD', '5N1', { S: 31_500, SV: 33_500, SL: 38_500, Platinum: 40_500 }],
    ['Sentra', [2020, 2025], 'SEDAN GASOLINE CVT FWD', '3N1', { S: 22_700, SV: 23_500, SR: 25_500 }],
  ] },
  Ram: { yearlyRetention: 0.89, rows: [
    ['1500', [2019, 2024], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '1C6', { Tradesman: 46_000, 'Big Horn': 50_500, Laramie: 60_500 }],
    ['2500', [2019, 2026], 'PICKUP DIESEL AUTOMATIC FOUR_WD', '3C6', { Tradesman: 64_500, 'Big Horn': 70_000, Laramie: 79_500 }],
  ] },
  Subaru: { yearlyRetention: 0.91, rows: [
    ['Ascent', [2019, 2026], 'SUV GASOLINE CVT AWD', '4S4', { Premium: 41_000, Limited: 45_000, Touring: 50_500 }],
    ['Crosstrek', [2018, 2023], 'CROSSOVER GASOLINE CVT AWD', 'JF2', { Premium: 27_500, Sport: 29_500, Limited: 31_500 }],
    ['Forester', [2019, 2024], 'CROSSOVER GASOLINE CVT AWD', 'JF2', { Premium: 31_800, Sport: 34_000, Limited: 35_700, Touring: 38_400 }],
    ['Impreza', [2017, 2023], 'HATCHBACK GASOLINE CVT AWD', '4S3', { Premium: 24_500, Sport: 26_000, Limited: 29_000 }],
    ['Outback', [2020, 2025], 'WAGON GASOLINE CVT AWD', '4S4', { Premium: 33_500, Limited: 38_500, Touring: 43_000 }],
    ['WRX', [2022, 2026], 'SEDAN GASOLINE MANUAL AWD', 'JF1', { Premium: 37_500, Limited: 41_500 }],
  ] },
  Tesla: { yearlyRetention: 0.85, rows: [
    ['Model 3', [2018, 2026], 'SEDAN ELECTRIC AUTOMATIC AWD', '5YJ', { 'Long Range': 48_500, Performance: 56_000 }],
    ['Model S', [2016, 2019], 'SEDAN ELECTRIC AUTOMATIC AWD', '5YJ', { '75D': 79_000, '100D': 96_000 }],
    ['Model Y', [2022, 2026], 'CROSSOVER ELECTRIC AUTOMATIC AWD', '7SA', { 'Long Range': 50_000, Performance: 58_500 }],
  ] },
  Toyota: { yearlyRetention: 0.935, rows: [
    ['4Runner', [2012, 2024], 'SUV GASOLINE AUTOMATIC FOUR_WD', 'JTE', { SR5: 43_500, Limited: 52_500 }],
    ['Camry', [2012, 2017], 'SEDAN GASOLINE AUTOMATIC FWD', '4T1', { LE: 24_500, SE: 25_300, XLE: 27_600 }],
    ['Camry', [2018, 2024], 'SEDAN GASOLINE AUTOMATIC FWD', '4T1', { LE: 28_300, SE: 29_900, XLE: 32_600, XSE: 33_200 }],
    ['Camry Hybrid', [2025, 2026], 'SEDAN HYBRID CVT FWD', '4T1', { LE: 29_900, SE: 32_200, XLE: 34_900, XSE: 36_100 }],
    ['Corolla', [2014, 2019], 'SEDAN GASOLINE CVT FWD', '5YF', { L: 19_500, LE: 20_000, XLE: 23_200 }],
    ['Corolla', [2020, 2026], 'SEDAN GASOLINE CVT FWD', '5YF', { LE: 23_800, SE: 26_300, XSE: 29_500 }],
    ['Highlander', [2020, 2026], 'SUV GASOLINE AUTOMATIC AWD', '5TD', { XLE: 46_500, Limited: 50_000, Platinum: 53_500 }],
    ['Mirai', [2021, 2023], 'SEDAN HYDROGEN AUTOMATIC RWD', 'JTD', { XLE: 50_600, Limited: 67_100 }],
    ['Prius', [2012, 2015], 'HATCHBACK HYBRID CVT FWD', 'JTD', { Two: 25_000, Three: 26_600, Four: 29_300 }],
    ['Prius', [2023, 2026], 'HATCHBACK HYBRID CVT FWD', 'JTD', { LE: 29_700, XLE: 33_100, Limited: 36_700 }],
    ['RAV4', [2019, 2025], 'CROSSOVER GASOLINE AUTOMATIC AWD', '2T3', { LE: 31_700, XLE: 33_200, Limited: 38_500 }],
    ['RAV4 Hybrid', [2020, 2025], 'CROSSOVER HYBRID CVT AWD', '4T3', { LE: 33_900, XLE: 35_400, Limited: 41_900 }],
    ['Sienna', [2021, 2026], 'MINIVAN HYBRID CVT FWD', '5TD', { LE: 41_500, XLE: 46_500, Limited: 53_500 }],
    ['Tacoma', [2016, 2023], 'PICKUP GASOLINE AUTOMATIC FOUR_WD', '3TM', { SR5: 37_500, 'TRD Off-Road': 40_500, Limited: 45_500 }],
  ] },
  Volkswagen: { yearlyRetention: 0.88, rows: [
    ['Atlas', [2018, 2023], 'SUV GASOLINE AUTOMATIC AWD', '1V2', { SE: 40_500, SEL: 47_000, 'SEL Premium': 52_000 }],
    ['Golf GTI', [2015, 2021], 'HATCHBACK GASOLINE MANUAL FWD', '3VW', { S: 29_500, SE: 34_000, Autobahn: 38_000 }],
    ['ID.4', [2023, 2025], 'CROSSOVER ELECTRIC AUTOMATIC RWD', '1V2', { Standard: 40_500, Pro: 46_500, 'Pro S': 51_500 }],
    ['Jetta', [2019, 2026], 'SEDAN GASOLINE AUTOMATIC FWD', '3VW', { S: 24_000, SE: 26_800, SEL: 30_500 }],
    ['Passat TDI', [2012, 2015], 'SEDAN DIESEL AUTOMATIC FWD', '1VW', { SE: 28_500, 'SEL Premium': 34_500 }],
    ['Tiguan', [2018, 2024], 'CROSSOVER GASOLINE AUTOMATIC AWD', '3VV', { S: 31_000, SE: 34_500, SEL: 39_500 }],
  ] },
  Volvo: { yearlyRetention: 0.88, rows: [
    ['V60 Cross Country', [2020, 2025], 'WAGON GASOLINE AUTOMATIC AWD', 'YV4', { Plus: 53_500, Ultimate: 58_500 }],
    ['XC60', [2018, 2022], 'CROSSOVER GASOLINE AUTOMATIC AWD', 'YV4', { Momentum: 45_500, 'R-Design': 49_500, Inscription: 50_500 }],
    ['XC90', [2016, 2022], 'SUV GASOLINE AUTOMATIC AWD', 'YV4', { Momentum: 55_500, 'R-Design': 59_500, Inscription: 61_500 }],
  ] },
};

export const MODELS: readonly CatalogueModel[] = Object.entries(MAKES).flatMap(
  ([make, { rows, yearlyRetention }]) =>
    rows.map(([model, [firstYear, lastYear], build, wmi, trims]) => {
      const [bodyType, fuelType, transmission, drivetrain] = build.split(' ') as [
        BodyType,
        FuelType,
        Transmission,
        Drivetrain,
      ];
      return {
        make,
        model,
        firstYear,
        lastYear,
        bodyType,
        fuelType,
        transmission,
        drivetrain,
        wmi,
        trims: Object.entries(trims).map(([name, msrpDollars]) => ({ name, msrpDollars })),
        yearlyRetention,
      };
    }),
);

/** A feature is offered on what it names: from this model year, from this trim (0 the plainest), these bodies or fuels, not these models. */
export interface Feature {
  name: string;
  fromYear?: number;
  fromTrim?: number;
  bodies?: readonly BodyType[];
  fuels?: readonly FuelType[];
  notOn?: readonly string[];
}

/** Open-air bodies: a gate that swings and a roof that comes off. */
const OPEN_AIR = ['Bronco', 'Wrangler', 'Wrangler 4xe'];
/** Their makers build phone mirroring in nowhere, or not into these. */
const NO_MIRRORING = ['Equinox EV', 'Model 3', 'Model S', 'Model Y'];
const TWO_ROWS = [...OPEN_AIR, 'GLE', 'Grand Cherokee', 'Santa Fe', 'X5'];

// biome-ignore format: one line a feature reads as the table that it is
export const FEATURES: readonly Feature[] = [
  { name: 'Bluetooth' },
  { name: 'Backup camera' },
  { name: 'Cruise control' },
  { name: 'Keyless entry' },
  { name: 'Alloy wheels' },
  { name: 'Apple CarPlay', fromYear: 2017, notOn: NO_MIRRORING },
  { name: 'Android Auto', fromYear: 2017, notOn: NO_MIRRORING },
  { name: 'Forward collision warning', fromYear: 2017 },
  { name: 'Lane keep assist', fromYear: 2018 },
  { name: 'Adaptive cruise control', fromYear: 2019 },
  { name: 'Wireless phone charging', fromYear: 2020, fromTrim: 1 },
  { name: 'Remote start', fromTrim: 1 },
  { name: 'Blind-spot monitor', fromYear: 2014, fromTrim: 1 },
  { name: 'Heated front seats', fromTrim: 1 },
  { name: 'Power liftgate', fromTrim: 1, bodies: ['SUV', 'CROSSOVER', 'MINIVAN', 'WAGON'], notOn: OPEN_AIR },
  { name: 'Sunroof', fromTrim: 1, bodies: ['SEDAN', 'HATCHBACK', 'WAGON', 'SUV', 'CROSSOVER'], notOn: OPEN_AIR },
  { name: 'Leather seats', fromTrim: 2 },
  { name: 'Navigation', fromTrim: 2 },
  { name: 'Premium audio', fromTrim: 2 },
  { name: 'Ventilated front seats', fromYear: 2018, fromTrim: 2 },
  { name: 'Surround-view camera', fromYear: 2018, fromTrim: 2 },
  { name: 'Third-row seating', bodies: ['SUV', 'MINIVAN'], notOn: TWO_ROWS },
  { name: 'Roof rails', bodies: ['SUV', 'CROSSOVER', 'WAGON'] },
  { name: 'Power sliding doors', bodies: ['MINIVAN'] },
  { name: 'Tow package', bodies: ['PICKUP', 'SUV', 'VAN'] },
  { name: 'Bed liner', bodies: ['PICKUP'] },
  { name: 'Running boards', bodies: ['PICKUP', 'SUV'] },
  { name: 'Power-folding top', bodies: ['CONVERTIBLE'], notOn: ['MX-5 Miata'] },
  { name: 'Cargo partition', bodies: ['VAN'] },
  { name: 'DC fast charging', fuels: ['ELECTRIC'] },
  { name: 'Level 2 charging cable', fuels: ['ELECTRIC', 'PLUGIN_HYBRID'] },
];

export const EXTERIOR_COLORS: readonly string[] = [
  'Black',
  'Bright White',
  'Pearl White',
  'Silver Metallic',
  'Gunmetal Gray',
  'Slate Gray',
  'Midnight Blue',
  'Ocean Blue',
  'Candy Red',
  'Burgundy',
  'Forest Green',
  'Desert Sand',
  'Burnt Orange',
  'Bronze',
];
export const INTERIOR_COLORS: readonly string[] = [
  'Black',
  'Charcoal',
  'Gray',
  'Beige',
  'Saddle Brown',
  'Ivory',
];

export interface CatalogueDealer {
  email: string;
  firstName: string;
  lastName: string;
  businessName: string;
  licenseNumber: string;
  description: string;
  phone: string;
  website: string;
  address: string;
  city: string;
  /** Two-letter postal code of the state. */
  state: string;
  postalCode: string;
  /** Degrees north and east (so west is negative), of the ZIP code's area. */
  latitude: number;
  longitude: number;
}

/** The first one is the demo's own dealer; its address stands in the README. */
export const DEALERS: readonly CatalogueDealer[] = [
  {
    email: 'dealer@example.com',
    firstName: 'Dana',
    lastName: 'Whitcomb',
    businessName: 'Pecan Street Motors',
    licenseNumber: 'TX-P104233',
    description:
      'Family-run lot in north Austin since 1998. Every car is inspected in our own shop, and every offer is answered.',
    phone: '(512) 555-0112',
    website: 'https://pecanstreet.example.com',
    address: '9120 Burnet Crossing',
    city: 'Austin',
    state: 'TX',
    postalCode: '78758',
    latitude: 30.3879,
    longitude: -97.7066,
  },
  {
    email: 'marcus.oyelaran@example.com',
    firstName: 'Marcus',
    lastName: 'Oyelaran',
    businessName: 'Scioto Bend Auto',
    licenseNumber: 'OH-UD021876',
    description: 'Commuter cars and family crossovers near the airport. Plain prices, no dealer add-ons.',
    phone: '(614) 555-0137',
    website: 'https://sciotobend.example.com',
    address: '2755 Stelzer Park Road',
    city: 'Columbus',
    state: 'OH',
    postalCode: '43219',
    latitude: 40.0067,
    longitude: -82.923,
  },
  {
    email: 'priya.raman@example.com',
    firstName: 'Priya',
    lastName: 'Raman',
    businessName: 'Tule Valley Auto',
    licenseNumber: 'CA-88213',
    description:
      'Cars for the valley and the hills. A battery health report comes with each plug-in car that we sell.',
    phone: '(916) 555-0158',
    website: 'https://tulevalley.example.com',
    address: '3310 Auburn Oaks Boulevard',
    city: 'Sacramento',
    state: 'CA',
    postalCode: '95821',
    latitude: 38.6246,
    longitude: -121.3837,
  },
  {
    email: 'hector.villanueva@example.com',
    firstName: 'Hector',
    lastName: 'Villanueva',
    businessName: 'Bayline Cars of Tampa',
    licenseNumber: 'FL-VI1077245',
    description: 'Sun-state sedans, convertibles and work trucks. We speak English and Spanish.',
    phone: '(813) 555-0121',
    website: 'https://bayline.example.com',
    address: '6408 Egret Avenue',
    city: 'Tampa',
    state: 'FL',
    postalCode: '33614',
    latitude: 28.0075,
    longitude: -82.5055,
  },
  {
    email: 'ingrid.halvorsen@example.com',
    firstName: 'Ingrid',
    lastName: 'Halvorsen',
    businessName: 'Front Range Motor Company',
    licenseNumber: 'CO-45190',
    description: 'Trucks, SUVs and commuter cars, checked for mountain roads before they reach the lot.',
    phone: '(303) 555-0184',
    website: 'https://frontrange.example.com',
    address: '1175 Sable Ridge Way',
    city: 'Aurora',
    state: 'CO',
    postalCode: '80012',
    latitude: 39.7,
    longitude: -104.8377,
  },
  {
    email: 'terrence.boykin@example.com',
    firstName: 'Terrence',
    lastName: 'Boykin',
    businessName: 'Catawba Auto Exchange',
    licenseNumber: 'NC-31862',
    description: 'Trade-ins, certified cars and new ones, with a seven-day exchange promise.',
    phone: '(704) 555-0166',
    website: 'https://catawba.example.com',
    address: '5021 Independence Mill Drive',
    city: 'Charlotte',
    state: 'NC',
    postalCode: '28212',
    latitude: 35.1879,
    longitude: -80.7464,
  },
  {
    email: 'kari.lindqvist@example.com',
    firstName: 'Kari',
    lastName: 'Lindqvist',
    businessName: 'Northstar Lane Motors',
    licenseNumber: 'MN-DLR40318',
    description: 'Winter-ready cars: block heaters checked, batteries tested, rust named where there is any.',
    phone: '(952) 555-0149',
    website: 'https://northstarlane.example.com',
    address: '8840 Penn Meadow South',
    city: 'Bloomington',
    state: 'MN',
    postalCode: '55431',
    latitude: 44.8289,
    longitude: -93.312,
  },
  {
    email: 'alicia.begay@example.com',
    firstName: 'Alicia',
    lastName: 'Begay',
    businessName: 'Saguaro Trail Auto',
    licenseNumber: 'AZ-L00014427',
    description: 'Rust-free desert cars from local owners, shipped anywhere in the lower 48 states.',
    phone: '(480) 555-0193',
    website: 'https://saguarotrail.example.com',
    address: '1466 Country Palm Drive',
    city: 'Mesa',
    state: 'AZ',
    postalCode: '85210',
    latitude: 33.3911,
    longitude: -111.8422,
  },
];

export interface CataloguePerson {
  email: string;
  firstName: string;
  lastName: string;
  phone: string;
  city: string;
  state: string;
  postalCode: string;
}

// biome-ignore format: one line a buyer reads as the table that it is
const BUYER_ROWS: readonly (readonly [string, string, string, string, string, string])[] = [
  ['Jordan', 'Ellery', 'Austin', 'TX', '78745', '(512) 555-0101'],
  ['Maya', 'Okafor', 'Round Rock', 'TX', '78664', '(512) 555-0102'],
  ['Luis', 'Carranza', 'San Antonio', 'TX', '78209', '(210) 555-0103'],
  ['Hannah', 'Brandt', 'Columbus', 'OH', '43214', '(614) 555-0104'],
  ['Devon', 'Pritchard', 'Dayton', 'OH', '45419', '(937) 555-0105'],
  ['Mei', 'Tanaka', 'Sacramento', 'CA', '95818', '(916) 555-0106'],
  ['Owen', 'Galloway', 'Stockton', 'CA', '95207', '(209) 555-0107'],
  ['Rosa', 'Delgado', 'Tampa', 'FL', '33609', '(813) 555-0108'],
  ['Elijah', 'Baptiste', 'Orlando', 'FL', '32803', '(407) 555-0109'],
  ['Sofia', 'Marchetti', 'Denver', 'CO', '80210', '(303) 555-0110'],
  ['Caleb', 'Thornbury', 'Colorado Springs', 'CO', '80907', '(719) 555-0111'],
  ['Amara', 'Nwosu', 'Charlotte', 'NC', '28205', '(704) 555-0113'],
  ['Grant', 'Holloway', 'Greensboro', 'NC', '27403', '(336) 555-0114'],
  ['Linnea', 'Forsberg', 'Minneapolis', 'MN', '55406', '(612) 555-0115'],
  ['Tou', 'Vang', 'Saint Paul', 'MN', '55106', '(651) 555-0116'],
  ['Noah', 'Yazzie', 'Mesa', 'AZ', '85204', '(480) 555-0117'],
  ['Camille', 'Rousseau', 'Phoenix', 'AZ', '85016', '(602) 555-0118'],
  ['Farid', 'Rahimi', 'Plano', 'TX', '75023', '(972) 555-0119'],
  ['Beth', 'Kowalczyk', 'Chicago', 'IL', '60641', '(773) 555-0120'],
  ['Isaac', 'Feldman', 'Atlanta', 'GA', '30306', '(404) 555-0122'],
];

/** The first one is the demo's own buyer; its address stands in the README. */
export const BUYERS: readonly CataloguePerson[] = BUYER_ROWS.map(
  ([firstName, lastName, city, state, postalCode, phone], index) => ({
    email: index === 0 ? 'buyer@example.com' : `${firstName}.${lastName}@example.com`.toLowerCase(),
    firstName,
    lastName,
    phone,
    city,
    state,
    postalCode,
  }),
);

export const ADMIN = { email: 'admin@example.com', firstName: 'Robin', lastName: 'Ashdown' } as const;

/** Sentences of a listing's description; `{name}` is filled in from the vehicle. */
export const DESCRIPTION_SENTENCES = {
  opening: {
    NEW: [
      'Brand-new {year} {make} {model} {trim}, in {exterior} over {interior}.',
      'Just off the truck: {year} {make} {model} in {trim} trim, finished in {exterior}.',
    ],
    CERTIFIED: [
      'Certified {year} {make} {model} {trim} with {miles} miles, inspected and reconditioned in our own shop.',
      'One-owner {year} {make} {model} {trim}, certified, {exterior} over {interior}.',
    ],
    USED: [
      '{year} {make} {model} {trim} with {miles} miles, {exterior} outside and {interior} inside.',
      'Local trade-in: {year} {make} {model} {trim}, {miles} miles on the clock.',
      'Honest {year} {make} {model} {trim} that was driven every day and looked after.',
    ],
  },
  equipment: ['Equipment includes: {features}.', 'On board: {features}.'],
  history: {
    NEW: ['Full factory warranty.', 'No add-ons were fitted by us.', 'Delivery miles only.'],
    CERTIFIED: [
      'Clean title and a full service record.',
      'Warranty extended by twelve months.',
      'Four matching tires, less than a year old.',
    ],
    USED: [
      'Two keys and the service records go with it.',
      'Brakes were done at the last service.',
      'A few stone chips on the hood, and priced for them.',
      'Tires have plenty of tread left.',
      'Clean title, no accidents reported.',
    ],
  },
  closing: [
    'Make an offer: we answer within a day.',
    'Test drives six days a week.',
    'Trade-ins are welcome.',
    'Delivery within the state can be arranged.',
    'Financing through local credit unions.',
  ],
} as const;

/** What people write with a step; short, and true whatever the amounts are. */
export const STEP_MESSAGES = {
  start: [
    'Is it still available? I can come by this weekend.',
    'Pre-approved by my credit union up to this.',
    'Cash buyer, no trade-in.',
    'Seen two similar ones nearby for less. Would you take this?',
    'My lease ends on the 30th, so I can move fast.',
  ],
  buyerOffer: [
    'I can stretch to this.',
    'Could we meet here? I would sign tomorrow.',
    'The tires will need replacing soon, so this is fair to me.',
    'That is close to my limit.',
    'If you throw in the floor mats, this works.',
  ],
  dealerOffer: [
    'Thanks for the offer. This is what I can do.',
    'It was just serviced, so I cannot go much lower.',
    'My manager agreed to come down a little.',
    'There is other interest in it, but I would like you to have it.',
    'That is very close to what we paid for it.',
  ],
  reject: ['Too far apart, sorry.', 'We cannot sell it for that.', 'Thanks, but that is below what we paid.'],
  /** Under the reason that goes with them. */
  cancel: {
    FOUND_ANOTHER: ['Found one closer to home, thank you.', 'I bought another one yesterday, sorry.'],
    CHANGED_MIND: ['Plans changed, sorry for the trouble.', 'We decided to keep our old one for now.'],
  },
  buyerCancelsSale: ['The loan fell through, I am sorry.', 'My credit union turned it down.'],
  dealerCancelsSale: [
    'The last inspection found a fault that we do not want to sell it with.',
    'The title is delayed by months, sorry.',
  ],
} as const;
