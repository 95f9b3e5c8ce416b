import type { Ref } from '@mikro-orm/core';
import { Entity, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '../../kernel/base.entity.js';
import { User } from '../accounts/index.js';

/**
 * A mutation that a client gave an id of its own, and what came of it. The row is written in the mutation's
 * transaction: of two calls with one id, the second waits for the first and then finds its result here.
 */
@Entity({ tableName: 'client_mutations' })
@Unique({ name: 'client_mutations_unique', properties: ['user', 'clientMutationId'] })
export class ClientMutation extends BaseEntity {
  @ManyToOne(() => User, { ref: true, deleteRule: 'cascade' })
  user!: Ref<User>;

  @Property({ type: 'string', length: 100 })
  clientMutationId!: string;

  /** SHA-256 of the mutation's name and input, hexadecimal: another input under the same id is a CONFLICT. */
  @Property({ type: 'string', length: 64 })
  inputHash!: string;

  @Property({ type: 'json' })
  result!: Record<string, string | number | null>;
}
