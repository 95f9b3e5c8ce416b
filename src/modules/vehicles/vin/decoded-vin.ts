import { Field, Int, ObjectType } from 'type-graphql';
import { BodyType, Drivetrain, FuelType, Transmission } from '../vehicle.enums.js';

@ObjectType({
  description:
    'What a VIN says of a car sold in the United States, by the records of its road-safety agency.',
})
export class DecodedVin {
  @Field(() => String, { description: 'As it was read: in capitals, without blanks around it.' })
  vin!: string;

  @Field(() => Boolean, {
    description: 'Whether its length, characters and check digit are right, be it known or not.',
  })
  valid!: boolean;

  @Field(() => String, { nullable: true, description: 'Who made it, "Toyota"; null where it is not known.' })
  make!: string | null;

  @Field(() => String, { nullable: true, description: 'Model, "Camry".' })
  model!: string | null;

  @Field(() => Int, { nullable: true, description: 'Model year.' })
  year!: number | null;

  @Field(() => String, { nullable: true, description: 'Trim level; null where the VIN leaves open which.' })
  trim!: string | null;

  @Field(() => BodyType, { nullable: true, description: 'Body style.' })
  bodyType!: BodyType | null;

  @Field(() => FuelType, { nullable: true, description: 'What it runs on.' })
  fuelType!: FuelType | null;

  @Field(() => Transmission, { nullable: true, description: 'Kind of gearbox; hardly any VIN tells.' })
  transmission!: Transmission | null;

  @Field(() => Drivetrain, { nullable: true, description: 'Which wheels are driven; few VINs tell.' })
  drivetrain!: Drivetrain | null;

  @Field(() => [String], {
    description: 'What is wrong with it, or that nothing is known of it; empty where it was decoded.',
  })
  errors!: string[];
}
