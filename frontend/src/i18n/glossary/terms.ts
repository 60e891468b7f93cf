/** The textbook's terms and what they mean (Tel, Introduction to Distributed Algorithms, 2nd ed., chapter 6). */

export type TermId =
  | "wave" | "initiator" | "parent" | "decide" | "decide-alone" | "echo" | "finn-lab" | "finn-full" | "bound" | "load" | "imbalance"
  | "overloaded" | "moves" | "causal" | "executor" | "role" | "weight" | "request" | "attempt" | "deadline" | "dead-letter" | "engine";

export type Glossary = Record<TermId, { term: string; meaning: string }>;
