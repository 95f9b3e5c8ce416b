import { Field, ID, InputType } from 'type-graphql';
import { UploadScalar } from '../../../kernel/scalars.js';
import type { Upload } from '../../../kernel/upload.js';

@InputType({ description: 'More photos of a vehicle.' })
export class UploadVehicleImagesInput {
  @Field(() => ID, { description: "The vehicle's." })
  vehicleId!: string;

  @Field(() => [UploadScalar], {
    description:
      'In the order in which they are to be shown, 10 at most. Each is JPEG, PNG, WebP or AVIF by its content, of 10 MB ' +
      'and 50 million pixels at most. Nothing of their metadata is kept, the place where they were taken included.',
  })
  files!: Upload[];

  @Field(() => [String], {
    nullable: true,
    description:
      'What is to be seen on them, for who cannot see them: one text for each file, 200 characters at most, on one ' +
      'line; "" for none.',
  })
  alts?: string[] | null;
}

@InputType({ description: "Another order of a vehicle's photos." })
export class ReorderVehicleImagesInput {
  @Field(() => ID, { description: "The vehicle's." })
  vehicleId!: string;

  @Field(() => [ID], {
    description: 'All of its photos, each once, in their new order. The first is the primary one.',
  })
  imageIds!: string[];
}

@InputType({ description: 'A photo that is to go.' })
export class DeleteVehicleImageInput {
  @Field(() => ID, { description: "The photo's." })
  imageId!: string;
}
