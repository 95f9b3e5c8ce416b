import { Field, InputType } from 'type-graphql';
import { UploadScalar } from '../../../kernel/scalars.js';
import type { Upload } from '../../../kernel/upload.js';

@InputType({ description: 'A file of vehicles for the own inventory.' })
export class BulkUploadVehiclesInput {
  @Field(() => UploadScalar, {
    description:
      'CSV in UTF-8, 20 MB and 50,000 rows at most, with a header: `bulkUploadTemplate` has its columns. Comma, ' +
      'semicolon or tab between the cells.',
  })
  file!: Upload;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Reads and checks all of it, and changes nothing in the inventory.',
  })
  dryRun!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Puts the vehicles that are new on the market at once; needs a VERIFIED dealer.',
  })
  publish!: boolean;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      'Whether to answer when all of it is read; otherwise at once, and `bulkUploadProgress` tells the rest. It is ' +
      'read to its end either way, also when the client goes away.',
  })
  wait?: boolean | null;
}
