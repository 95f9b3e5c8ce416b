import type { Composed } from '../compose.js';
import type { DocumentReader } from '../document-reader.js';
import { closeLabelOf } from '../eyes/sockets.js';
import type { TrustedProxies } from '../trusted-proxies.js';
import { Expiries } from './expiries.js';
import type { Leaving } from './farewell.js';
import type { LineRules } from './line.js';
import { OpenSockets } from './open-sockets.js';
import { Pulse } from './pulse.js';
import { SharedOperations } from './shared-operations.js';

/** What the sockets of a server have in common. */
export class SocketHouse {
  readonly open: OpenSockets;
  readonly pulse: Pulse;
  readonly expiries = new Expiries();
  readonly shared: SharedOperations;
  readonly sockets = new Set<Leaving>();
  readonly rules: LineRules;
  /** Events handed to sockets since the start, and sockets cut off because their client read too slowly. */
  delivered = 0;
  cutOff = 0;

  constructor(
    readonly composed: Composed,
    readonly read: DocumentReader,
    readonly proxies: TrustedProxies,
  ) {
    const { config } = composed;
    this.open = new OpenSockets(config.maxSocketsPerUser);
    this.pulse = new Pulse(config.socketPingMs);
    this.shared = new SharedOperations(composed);
    const { maxSocketMessagesPerSecond, maxUnsentBytes } = config;
    const onCutOff = () => {
      this.cutOff += 1;
    };
    this.rules = { maxSocketMessagesPerSecond, maxUnsentBytes, onCutOff };
  }

  gone(socket: Leaving, code: number): void {
    this.sockets.delete(socket);
    this.composed.eyes.metrics?.socketClosed(closeLabelOf(code));
  }
}
