import { Entity, PrimaryKey } from '@mikro-orm/decorators/legacy';

/** A word of the makes and models on the market: what a word that nobody knows may have been meant to be. */
@Entity({ tableName: 'search_words' })
export class SearchWord {
  @PrimaryKey({ type: 'string', length: 40 })
  word!: string;
}
