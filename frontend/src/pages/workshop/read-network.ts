/** Networks as files: Python reads, generates and writes them, over the WebSocket of sessions. */
import { spokenNow } from "../../i18n/spoken";
import type { Answers } from "../../session/forms";
import { connect } from "../../session/socket";

export type NetworkText = Answers["network"];

export interface NetworkFile {
  name: string;
  text: string;
}

/**
 * The text of a network in a format; it need not be open anywhere.
 *
 * Throws SessionRefusal with what is wrong, each with its place; SessionOver where there is no connection.
 */
export async function networkText(network: string | NetworkFile, { format = "topology", largest = false } = {}): Promise<NetworkText> {
  const socket = await connect(() => spokenNow().language, () => undefined);
  try {
    return await socket.ask("network", { network, format, largest });
  } finally {
    socket.close();
  }
}
