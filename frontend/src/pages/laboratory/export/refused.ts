/** Why a run does not become a file, as words of the page. */
export type Why = { about: "large"; width: number; height: number; messages: number } | { about: "long"; steps: number; most: number } | { about: "cancelled" };

export class NotMade extends Error {
  constructor(readonly why: Why) {
    super(why.about);
  }
}
