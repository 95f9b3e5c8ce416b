import type { Terminal } from '../../src/commands/terminal.js';

/** What a command answers: its exit code, and what it wrote. */
export async function called(
  command: (at: Terminal) => Promise<number>,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; out: string; err: string }> {
  const lines: Record<'out' | 'err', string> = { out: '', err: '' };
  const code = await command({
    args,
    env,
    out: (line) => {
      lines.out += `${line}\n`;
    },
    err: (line) => {
      lines.err += `${line}\n`;
    },
  });
  return { code, ...lines };
}
