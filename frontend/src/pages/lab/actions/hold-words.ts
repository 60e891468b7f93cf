/** The words about waves whose messages are delivered by hand. */
import { defineWords } from "../../../i18n/words";

export const holdWords = defineWords({
  en: {
    hold: "Hold messages",
    holdHint: "Each message waits on its server until you deliver it.",
    deliverByHand: "Deliver by hand",
  },
  de: {
    hold: "Nachrichten anhalten",
    holdHint: "Jede Nachricht wartet auf ihrem Server, bis Sie sie zustellen.",
    deliverByHand: "Von Hand zustellen",
  },
  ru: {
    hold: "Удерживать сообщения",
    holdHint: "Каждое сообщение ждёт на своём сервере, пока вы его не доставите.",
    deliverByHand: "Доставлять вручную",
  },
});
