import { setTimeout as sleep } from 'node:timers/promises';
import { type Role, roles, type Stage } from './stage.js';
import type { AccessRow, Arranged } from './table.js';

/** Long enough for what is on its way to a socket of this machine. */
const GRACE_MS = 100;

interface Heard {
  code: string | null;
  about: number;
}

/** Lets every role subscribe on a socket of its own, makes it happen, and says what each came to. */
export async function hear(
  stage: Stage,
  row: AccessRow,
  { variables, mark = '', happen }: Arranged,
): Promise<Record<string, string>> {
  const listeners = roles.map((role) => listen(stage, role, row.document, variables ?? {}, mark));
  const settled = () =>
    listeners.every(({ role, heard }) =>
      row.outcomes[role] === 'told' ? heard.about > 0 : row.outcomes[role] === 'silent' || heard.code,
    );
  try {
    // Nothing says that a subscription has begun: it happens again until all are told who should be.
    for (let attempt = 0; attempt < 30 && !settled(); attempt++) {
      await happen?.();
      await sleep(GRACE_MS);
    }
    // Once more: by now those who are to hear nothing are subscribed too.
    await happen?.();
    await sleep(GRACE_MS);
  } finally {
    for (const { dispose } of listeners) void dispose();
  }
  return Object.fromEntries(
    listeners.map(({ role, heard }) => [role, heard.code ?? (heard.about > 0 ? 'told' : 'silent')]),
  );
}

function listen(stage: Stage, role: Role, query: string, variables: object, mark: string) {
  const heard: Heard = { code: null, about: 0 };
  const client = stage.app.socket(stage.token(role).token);
  const refuse = (errors: unknown) => {
    const [first] = errors as Array<{ extensions?: { code?: string } }>;
    heard.code = first?.extensions?.code ?? String(errors);
  };
  client.subscribe(
    { query, variables: variables as Record<string, unknown> },
    {
      next: (result) => {
        if (result.errors) refuse(result.errors);
        if (JSON.stringify(result.data ?? null).includes(mark)) heard.about += 1;
      },
      error: (errors) => refuse(Array.isArray(errors) ? errors : [{ extensions: { code: String(errors) } }]),
      complete: () => undefined,
    },
  );
  return { role, heard, dispose: () => client.dispose() };
}
