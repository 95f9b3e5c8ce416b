import { Field, InputType } from 'type-graphql';
import { UploadScalar } from '../../kernel/scalars.js';
import type { Upload } from '../../kernel/upload.js';

@InputType({ description: 'A new picture of the viewer.' })
export class UploadAvatarInput {
  @Field(() => UploadScalar, {
    description:
      'JPEG, PNG, WebP or AVIF by its content, 10 MB and 50 million pixels at most. What stands over a square is cut ' +
      'off, and nothing of its metadata is kept.',
  })
  file!: Upload;
}
