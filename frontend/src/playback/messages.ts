/** The messages of a wave: what kind each is, and which send belongs to which receive. */

/** The kinds of messages the page distinguishes. */
export type MessageKind = "out" | "back" | "finn" | "other";

export interface Message {
  from: number;
  to: number;
  kind: MessageKind;
  sent: number;
  /** When it arrives; where it never did, when it is shown as lost. */
  arrives: number;
  lost: boolean;
  /** 1 for the first message that was sent. */
  number: number;
  /** Places in the list of steps; `arrivesStep` is Infinity where no arrival is recorded. */
  sentStep: number;
  arrivesStep: number;
}

/** A map and no object: a route that another program made up may be called `__proto__` or `constructor`. */
const KIND_OF = new Map<string | null, MessageKind>([["echo", "out"], ["echo_back", "back"], ["finn", "finn"]]);

/** Textbook Finn travels in frames of the kind `wave`, which say no more: then the algorithm's name decides. */
export function kindOf(route: string | null, algorithm: string): MessageKind {
  return KIND_OF.get(route) ?? (algorithm.startsWith("finn") ? "finn" : "other");
}

/** Finds the send behind a receive: by the sender's number, else first sent, first received, on the same link. */
export class Pending {
  private readonly byNumber = new Map<string, Message>();
  private readonly byLink = new Map<string, Message[]>();

  add(message: Message, id: string | null) {
    if (id !== null) this.byNumber.set(`${message.from}:${message.to}:${id}`, message);
    else {
      const key = `${message.from}:${message.to}`;
      const queue = this.byLink.get(key);
      if (queue) queue.push(message);
      else this.byLink.set(key, [message]);
    }
  }

  take(from: number, to: number, id: string | null): Message | undefined {
    if (id !== null) {
      const key = `${from}:${to}:${id}`;
      const message = this.byNumber.get(key);
      this.byNumber.delete(key);
      if (message) return message;
    }
    return this.byLink.get(`${from}:${to}`)?.shift();
  }
}
