import type { ApiResponse, TestApp } from '../../../support/app.js';
import type { Person } from '../../../support/builders.js';

export interface Told {
  totalRows: number;
  created: number;
  updated: number;
  failed: number;
  dryRun: boolean;
  errors: Array<{ line: number; column: string | null; message: string }>;
  bulkUpload: { id: string; status: string; failure: string | null; ignoredColumns: string[] };
}

export const BULK_UPLOAD = `mutation ($input: BulkUploadVehiclesInput!) {
  bulkUploadVehicles(input: $input) {
    totalRows created updated failed dryRun errors { line column message }
    bulkUpload { id status failure ignoredColumns }
  }
}`;

type Wishes = { dryRun?: boolean; publish?: boolean; wait?: boolean };

export function send(
  app: TestApp,
  person: Person | undefined,
  content: string | Uint8Array<ArrayBuffer>,
  wishes: Wishes = {},
): Promise<ApiResponse<{ bulkUploadVehicles: Told }>> {
  const input = { file: new Blob([content]), ...wishes };
  return app.request(BULK_UPLOAD, { input }, person ?? {});
}

/** What is told of a file that is taken in. */
export async function bring(
  app: TestApp,
  person: Person,
  content: string | Uint8Array<ArrayBuffer>,
  wishes: Wishes = {},
): Promise<Told> {
  const { data, errors } = await send(app, person, content, wishes);
  if (!data) throw new Error(`Refused: ${JSON.stringify(errors)}`);
  return data.bulkUploadVehicles;
}

/** Created, updated and failed, and which lines and columns are named. */
export function inShort({ created, updated, failed, errors }: Told): unknown[] {
  return [created, updated, failed, ...errors.map(({ line, column }) => `${line} ${column}`)];
}

export const HEADER = 'vin,make,model,year,mileage,asking_price';

/** A good row under HEADER. */
export function rowOf(vin: string, price = '20000'): string {
  return `${vin},Kia,Rio,2020,1000,${price}`;
}

/** Of a dealer, whole, by VIN. */
export async function inventory(app: TestApp, dealerId: string): Promise<Array<Record<string, unknown>>> {
  const connection = app.orm.em.fork().getConnection();
  return connection.execute('select * from vehicles where dealer_id = ? order by vin, id', [dealerId]);
}

export async function uploads(app: TestApp): Promise<Array<Record<string, unknown>>> {
  return app.orm.em.fork().getConnection().execute('select * from bulk_uploads order by created_at, id');
}

/** The id of an upload that is read to its end. */
export async function sent(app: TestApp, person: Person, content: string): Promise<string> {
  return (await bring(app, person, content)).bulkUpload.id;
}
