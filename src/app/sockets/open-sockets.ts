import type { WebSocket } from 'ws';
import type { Viewer } from '../../kernel/context.js';
import { closeCodes } from './close-codes.js';

/** The sockets of people who are signed in: how many each has, and which to close when a session is revoked. */
export class OpenSockets {
  private readonly byUser = new Map<string, Set<WebSocket>>();
  private readonly bySession = new Map<string, Set<WebSocket>>();

  constructor(private readonly maxPerUser: number) {}

  /**
   * Takes a socket in, unless its user has as many as one may have. At once, so that none slips in beside another. One
   * that is closing does nothing any more and does not count: its client may be back before its line is cut.
   */
  take({ id, sessionId }: Viewer, socket: WebSocket): boolean {
    const open = [...(this.byUser.get(id) ?? [])].filter(({ readyState, OPEN }) => readyState === OPEN);
    if (open.length >= this.maxPerUser) return false;
    add(this.byUser, id, socket);
    add(this.bySession, sessionId, socket);
    return true;
  }

  /** Gives up the place of a socket that was taken in. */
  release({ id, sessionId }: Viewer, socket: WebSocket): void {
    remove(this.byUser, id, socket);
    remove(this.bySession, sessionId, socket);
  }

  closeSession(sessionId: string): void {
    for (const socket of this.bySession.get(sessionId) ?? []) {
      socket.close(closeCodes.forbidden, 'Session revoked');
    }
  }
}

function add(sockets: Map<string, Set<WebSocket>>, key: string, socket: WebSocket): void {
  const known = sockets.get(key) ?? new Set();
  sockets.set(key, known.add(socket));
}

function remove(sockets: Map<string, Set<WebSocket>>, key: string, socket: WebSocket): void {
  const known = sockets.get(key);
  known?.delete(socket);
  if (known?.size === 0) sockets.delete(key);
}
