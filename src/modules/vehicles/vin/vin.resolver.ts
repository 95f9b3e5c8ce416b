import { Arg, Ctx as Context, Query, Resolver } from 'type-graphql';
import type { Ctx } from '../../../kernel/context.js';
import { DecodedVin } from './decoded-vin.js';
import { decodeVin } from './vin.service.js';

@Resolver()
export class VinResolver {
  @Query(() => DecodedVin, {
    description:
      'For dealers: what a VIN says, before a vehicle is listed. A wrong VIN is an answer, no error.',
  })
  decodeVin(
    @Arg('vin', () => String, { description: 'As it was typed: case and blanks around it do not count.' })
    vin: string,
    @Context() ctx: Ctx,
  ): Promise<DecodedVin> {
    return decodeVin(ctx, vin);
  }
}
