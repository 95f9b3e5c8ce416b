/**
 * An account is being deleted. The transaction holds its row: who opens anything for it waits, and then finds it gone.
 * The rooms above refuse what must not be left behind, end what is open, and erase what is the person's.
 */
export class AccountDeleted {
  constructor(readonly userId: string) {}
}
