import type { VehicleDetails } from '../../vehicle.entity.js';
import { type CellReader, readFeatures, readMoney, readText, readWhole, spelled } from './cells.js';
import { bodyTypes, conditions, drivetrains, fuelTypes, transmissions } from './spellings.js';

/** What a column can say of a vehicle. */
export type Field = 'vin' | 'askingPrice' | Exclude<keyof VehicleDetails, 'isNegotiable'>;

export interface Column {
  readonly field: Field;
  /** As the template and messages call it. */
  readonly name: string;
  /** What others call it: Google's vehicle listings, dealers' own systems. The first of these in a file counts. */
  readonly alsoKnownAs: readonly string[];
  readonly read: CellReader;
}

/** All columns, in the order of the template. */
export const columns: readonly Column[] = [
  {
    field: 'vin',
    name: 'vin',
    alsoKnownAs: ['vehicle_identification_number', 'vin_number', 'vin_code'],
    read: readText,
  },
  {
    field: 'stockNumber',
    name: 'stock_number',
    alsoKnownAs: ['stock', 'stock_no', 'stock_num', 'stock_id', 'id'],
    read: readText,
  },
  { field: 'make', name: 'make', alsoKnownAs: ['manufacturer', 'brand'], read: readText },
  { field: 'model', name: 'model', alsoKnownAs: ['model_name'], read: readText },
  { field: 'year', name: 'year', alsoKnownAs: ['model_year', 'vehicle_year'], read: readWhole },
  { field: 'trim', name: 'trim', alsoKnownAs: ['trim_level'], read: readText },
  {
    field: 'bodyType',
    name: 'body_type',
    alsoKnownAs: ['body_style', 'body'],
    read: spelled('body type', bodyTypes),
  },
  {
    field: 'fuelType',
    name: 'fuel_type',
    alsoKnownAs: ['fuel', 'vehicle_fuel_type'],
    read: spelled('fuel', fuelTypes),
  },
  {
    field: 'transmission',
    name: 'transmission',
    alsoKnownAs: ['gearbox', 'transmission_type'],
    read: spelled('transmission', transmissions),
  },
  {
    field: 'drivetrain',
    name: 'drivetrain',
    alsoKnownAs: ['drive_type', 'drive', 'driveline'],
    read: spelled('drivetrain', drivetrains),
  },
  {
    field: 'condition',
    name: 'condition',
    alsoKnownAs: ['vehicle_condition'],
    read: spelled('condition', conditions),
  },
  {
    field: 'mileage',
    name: 'mileage',
    alsoKnownAs: ['odometer', 'miles', 'odometer_reading'],
    read: readWhole,
  },
  {
    field: 'askingPrice',
    name: 'asking_price',
    alsoKnownAs: ['price', 'list_price', 'selling_price', 'internet_price'],
    read: readMoney,
  },
  { field: 'msrp', name: 'msrp', alsoKnownAs: ['vehicle_msrp', 'retail_price'], read: readMoney },
  {
    field: 'exteriorColor',
    name: 'exterior_color',
    alsoKnownAs: ['exterior_colour', 'ext_color', 'color', 'colour'],
    read: readText,
  },
  {
    field: 'interiorColor',
    name: 'interior_color',
    alsoKnownAs: ['interior_colour', 'int_color'],
    read: readText,
  },
  {
    field: 'features',
    name: 'features',
    alsoKnownAs: ['vehicle_option', 'vehicle_options', 'options', 'equipment'],
    read: readFeatures,
  },
  {
    field: 'description',
    name: 'description',
    alsoKnownAs: ['vehicle_description', 'dealer_comments', 'comments'],
    read: readText,
  },
];
