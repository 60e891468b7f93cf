/** Gives what it holds the width that there is. */
import { useRef, type ReactNode } from "react";
import { useSize } from "../state/hooks";

export function Measured({ className, children }: { className?: string; children: (width: number) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const { width } = useSize(box);
  return <div ref={box} className={className}>{children(width)}</div>;
}
