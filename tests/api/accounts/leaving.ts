import { v7 as uuidv7 } from 'uuid';
import type { UserType } from '../../../src/kernel/context.js';
import { tokensPart } from '../../../src/modules/accounts/tokens.js';
import { DeleteAccountDocument } from '../../generated/operations.js';
import type { TestApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { storedIn } from '../access/stored.js';

type Leaver = Pick<Person, 'token' | 'password'>;

export function deleteAccount(app: TestApp, { token, password }: Leaver) {
  return app.request(DeleteAccountDocument, { input: { password } }, { token });
}

/** Deletes an account, which must succeed. */
export async function leave(app: TestApp, person: Leaver): Promise<void> {
  const { deleteAccount } = await app.ok(
    DeleteAccountDocument,
    { input: { password: person.password } },
    person,
  );
  if (!deleteAccount.success) throw new Error('It says that it did not succeed');
}

/** What a refusal says, after proving that it has changed nothing at all. */
export async function refusalOf(app: TestApp, work: () => ReturnType<TestApp['request']>) {
  const before = JSON.stringify(await storedIn(app));
  const error = app.errorOf(await work());
  if (JSON.stringify(await storedIn(app)) !== before) throw new Error('The refusal changed something');
  return error;
}

/** An access token of a session that no node knows to be revoked: as those are in the seconds before it is heard of. */
export async function staleToken(
  app: TestApp,
  userId: string,
  userType: UserType,
): Promise<{ token: string }> {
  const tokens = app.system.services.parts.get(tokensPart);
  return { token: (await tokens.issue({ userId, userType, sessionId: uuidv7() })).accessToken };
}
