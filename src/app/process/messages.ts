/** What the processes behind one port tell each other. Others send messages over the same line: those are not ours. */
export interface Listening {
  readonly listening: string;
}

export interface Stop {
  readonly stop: true;
}

export function isListening(message: unknown): message is Listening {
  return typeof (message as Partial<Listening> | null)?.listening === 'string';
}

export function isStop(message: unknown): message is Stop {
  return (message as Partial<Stop> | null)?.stop === true;
}
