/** What every renderer of the network is given. */
import type { Drawing } from "./layout/drawing";
import type { Tokens } from "../theme/tokens";
import type { Network } from "../state/lab";

export interface GraphProps {
  network: Network;
  drawing: Drawing;
  tokens: Tokens;
}
