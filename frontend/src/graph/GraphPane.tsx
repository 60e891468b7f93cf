/** The stage: the drawing of the network, its labels, its messages, its legend, in whichever renderer there is. */
import { ActionIcon, SegmentedControl } from "@mantine/core";
import { Component, lazy, Suspense, useMemo, useRef, useState, type ReactNode } from "react";
import { useMedia, useSize } from "../state/hooks";
import { loadWithRetries } from "../api/load-with-retries";
import { useTokens } from "../theme/mantine";
import { useView, type MessageView } from "../state/view";
import { nearestAspect } from "./layout/choose";
import { Icon } from "../theme/Icon";
import { useLab } from "../state/lab-store";
import { useTranslation } from "../i18n/use-translation";
import { Legend } from "./Legend";
import { Arrows } from "./overlay/Arrows";
import { Labels } from "./overlay/Labels";
import { usePointer } from "./pointer";
import { drawingOf } from "./scene";
import { SvgGraph } from "./svg/SvgGraph";
import { camera, roomIn } from "./viewport";
import { browserHasWebGl2, chooseRenderer, type Renderer } from "./webgl/supported";

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

export function GraphPane() {
  const words = useTranslation();
  const pane = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(pane);
  const network = useLab((state) => state.lab?.network ?? null);
  const messages = useView((view) => view.messages);
  const narrow = useMedia("(max-width: 760px)");
  const tokens = useTokens();
  const [renderer, setRenderer] = useState<Renderer>(() => chooseRenderer(location.search, browserHasWebGl2));
  const room = roomIn(width, height, { sideways: false, bare: false });
  const aspect = width > 0 && height > 0 ? nearestAspect(room.width, room.height) : null;
  const drawing = useMemo(() => (network && aspect ? drawingOf(network, aspect) : null), [network, aspect]);
  usePointer(pane, network, drawing);
  const ready = network && drawing;
  return (
    <section className="stage" aria-label={words.network} data-renderer={renderer} data-layout={drawing?.kind}>
      <div
        ref={pane}
        className="canvas"
        role="img"
        aria-label={network ? words.canvasLabel(network.names.length, network.links.length) : words.noNetwork}
        data-testid="canvas"
      >
        {ready && renderer === "webgl" && (
          <OnFailure instead={() => { setRenderer("svg"); }}>
            <Suspense fallback={null}>
              <WebGlGraph network={network} drawing={drawing} tokens={tokens} />
            </Suspense>
          </OnFailure>
        )}
        {ready && renderer === "svg" && (
          <SvgGraph network={network} drawing={drawing} tokens={tokens} width={width} height={height} />
        )}
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
      {network && !narrow && <Legend tokens={tokens} />}
    </section>
  );
}
