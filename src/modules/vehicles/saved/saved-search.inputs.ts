import { Field, ID, InputType } from 'type-graphql';
import { VehicleFilter } from '../vehicle.inputs.js';

@InputType({ description: 'A search to keep.' })
export class CreateSavedSearchInput {
  @Field(() => String, { description: 'What to call it, 100 characters at most.' })
  name!: string;

  @Field(() => VehicleFilter, { description: 'What it looks for; an empty one matches the whole market.' })
  filter!: VehicleFilter;

  @Field(() => Boolean, { defaultValue: true, description: 'Whether to be told of each new match.' })
  alertsEnabled!: boolean;
}

@InputType({ description: 'Names a saved search.' })
export class SavedSearchIdInput {
  @Field(() => ID, { description: 'The saved search.' })
  id!: string;
}
