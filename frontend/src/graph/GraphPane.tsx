/** The stage: the drawing of the network, its labels, its messages, its legend, in whichever renderer there is. */
import { ActionIcon, SegmentedControl } from "@mantine/core";
import { Component, lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from "react";
import { useSize } from "../state/hooks";
import { loadWithRetries } from "../api/load-with-retries";
import { useTokens } from "../theme/mantine";
import { useView, type MessageView } from "../state/view";
import { nearestAspect } from "./layout/choose";
import { Icon } from "../theme/Icon";
import { useLab } from "../state/lab-store";
import { useTranslation } from "../i18n/use-translation";
import { Legend } from "./Legend";
import { Arrows } from "./overlay/Arrows";
import { Cuts } from "./overlay/Cuts";
import { Labels } from "./overlay/Labels";
import { usePointer } from "./pointer";
import { usePlayback } from "../playback/store";
import { Moves } from "./overlay/Moves";
import { StageNote } from "./overlay/StageNote";
import { show } from "./glide";
import { drawingOf, stageOf } from "./scene";
import { SvgGraph } from "./svg/SvgGraph";
import { camera, roomIn } from "./viewport";
import { chooseRenderer, graphicsOfBrowser, type Graphics, type Renderer } from "./webgl/supported";

const WebGlGraph = lazy(() => loadWithRetries(() => import("./webgl/WebGlGraph")));

/** A WebGL context can be lost or refused at any time: then the SVG takes over. */
class OnFailure extends Component<{ children: ReactNode; instead: () => void }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override componentDidCatch() {
    this.props.instead();
  }
  override render() {
    return this.state.failed ? null : this.props.children;
  }
}

/** Calls `lost` when the drawing's WebGL context is lost; one that is given back with its canvas is no loss. */
function useLostContext(pane: RefObject<HTMLElement | null>, lost: () => void) {
  const latest = useRef(lost);
  useEffect(() => { latest.current = lost; });
  useEffect(() => {
    const element = pane.current;
    // The event does not bubble, so it is caught on its way down.
    const take = (event: Event) => {
      if (event.target instanceof HTMLCanvasElement && event.target.isConnected) latest.current();
    };
    element?.addEventListener("webglcontextlost", take, true);
    return () => { element?.removeEventListener("webglcontextlost", take, true); };
  }, [pane]);
}

function Tools({ renderer }: { renderer: Renderer }) {
  const words = useTranslation();
  const messages = useView((view) => view.messages);
  return (
    <div className="canvas-tools">
      <SegmentedControl<MessageView>
        size="xs"
        aria-label={words.messagesShown}
        value={messages}
        onChange={(value) => { useView.setState({ messages: value }); }}
        data={[
          { value: "dots", label: words.asDots },
          { value: "arrows", label: words.asArrows },
          { value: "off", label: words.off },
        ]}
      />
      <ActionIcon.Group aria-label={words.renderer(renderer === "svg" ? "SVG" : "WebGL")}>
        <ActionIcon variant="default" aria-label={words.zoomOut} title={words.zoomOut} onClick={() => { camera.order("out"); }}><Icon name="minus" /></ActionIcon>
        <ActionIcon variant="default" aria-label={words.fit} title={words.fit} onClick={() => { camera.order("fit"); }}><Icon name="fit" /></ActionIcon>
        <ActionIcon variant="default" aria-label={words.zoomIn} title={words.zoomIn} onClick={() => { camera.order("in"); }}><Icon name="plus" /></ActionIcon>
      </ActionIcon.Group>
    </div>
  );
}

/** `light`: never WebGL, which a page that is not about the drawing does not load. */
export function GraphPane({ light = false }: { light?: boolean }) {
  const words = useTranslation();
  const pane = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(pane);
  const lab = useLab((state) => state.lab?.network ?? null);
  const played = usePlayback((state) => state.network);
  const playing = usePlayback((state) => state.state);
  const stage = useMemo(() => stageOf(lab, { network: played, state: playing }), [lab, played, playing]);
  const network = stage?.network ?? null;
  const messages = useView((view) => view.messages);
  const tokens = useTokens();
  const [graphics, setGraphics] = useState<Graphics>(graphicsOfBrowser);
  const renderer = light ? "svg" : chooseRenderer(location.search, graphics, network?.names.length ?? 0);
  const room = roomIn(width, height, { sideways: false, bare: false, topInMiddle: true });
  const aspect = width > 0 && height > 0 ? nearestAspect(room.width, room.height) : null;
  const drawing = useMemo(() => (network && aspect ? drawingOf(network, aspect) : null), [network, aspect]);
  useLayoutEffect(() => {
    if (network && drawing) show(network, drawing, width, height);
  }, [network, drawing, width, height]);
  usePointer(pane, network, drawing, network === lab);
  useLostContext(pane, () => { setGraphics("none"); });
  const ready = network && drawing;
  return (
    <section className="stage" aria-label={words.network} data-renderer={renderer} data-layout={drawing?.kind} data-recorded={stage?.recorded ?? false}>
      <div
        ref={pane}
        className="canvas"
        role="img"
        aria-label={network ? words.canvasLabel(network.names.length, network.links.length) : words.noNetwork}
        data-testid="canvas"
      >
        {ready && renderer === "webgl" && (
          <OnFailure instead={() => { setGraphics("none"); }}>
            <Suspense fallback={null}>
              <WebGlGraph network={network} drawing={drawing} tokens={tokens} />
            </Suspense>
          </OnFailure>
        )}
        {ready && renderer === "svg" && (
          <SvgGraph network={network} drawing={drawing} tokens={tokens} width={width} height={height} />
        )}
        {ready && <Cuts network={network} drawing={drawing} />}
        {ready && stage?.recorded === false && <Moves network={network} drawing={drawing} />}
        {ready && messages === "arrows" && <Arrows network={network} drawing={drawing} tokens={tokens} />}
        {ready && <Labels network={network} drawing={drawing} />}
      </div>
      {!network && (
        <div className="empty empty-canvas">
          <b>{words.noNetwork}</b>
          <p>{words.noNetworkHint}</p>
        </div>
      )}
      {network && <Tools renderer={renderer} />}
      {network && <Legend tokens={tokens} />}
      {stage && <StageNote stage={stage} />}
    </section>
  );
}
