/** The words of alerts: the bell, its list, and the banner. */
import { plural } from "../i18n/format";
import { defineWords } from "../i18n/words";

export const words = defineWords({
  en: {
    title: "Alerts",
    bell: (firing: number) => (firing === 0 ? "Alerts: none fires" : firing === 1 ? "Alerts: 1 fires" : `Alerts: ${firing} fire`),
    none: "Nothing is wrong.",
    state: { pending: "pending", firing: "firing", resolved: "resolved" },
    severity: { info: "note", warning: "warning", critical: "critical" },
    since: (time: string) => `since ${time}`,
    silencedUntil: (time: string) => `silenced until ${time}`,
    endedTitle: "Ended",
    ended: (time: string, lasted: string) => `${time}, after ${lasted}`,
    silence: "Silence for 10 min",
    endSilence: "End the silence",
    more: (count: number) => `and ${count} more`,
    failed: "The alert could not be silenced",
  },
  de: {
    title: "Warnungen",
    bell: (firing: number) => (firing === 0 ? "Warnungen: keine" : firing === 1 ? "Warnungen: 1 besteht" : `Warnungen: ${firing} bestehen`),
    none: "Alles in Ordnung.",
    state: { pending: "steht bevor", firing: "besteht", resolved: "vorbei" },
    severity: { info: "Hinweis", warning: "Warnung", critical: "kritisch" },
    since: (time: string) => `seit ${time}`,
    silencedUntil: (time: string) => `stumm bis ${time}`,
    endedTitle: "Vorbei",
    ended: (time: string, lasted: string) => `${time}, nach ${lasted}`,
    silence: "10 min stumm",
    endSilence: "Nicht mehr stumm",
    more: (count: number) => `und ${count} weitere`,
    failed: "Die Warnung ließ sich nicht stumm schalten",
  },
  ru: {
    title: "Оповещения",
    bell: (firing: number) => (firing === 0
      ? "Оповещения: активных нет"
      : `Оповещения: ${plural("ru", firing, [`${firing} активное`, `${firing} активных`, `${firing} активных`])}`),
    none: "Всё в порядке.",
    state: { pending: "ожидает", firing: "активно", resolved: "снято" },
    severity: { info: "к сведению", warning: "предупреждение", critical: "критично" },
    since: (time: string) => `с ${time}`,
    silencedUntil: (time: string) => `отключено до ${time}`,
    endedTitle: "Снятые",
    ended: (time: string, lasted: string) => `${time}, длилось ${lasted}`,
    silence: "Отключить на 10 мин",
    endSilence: "Включить снова",
    more: (count: number) => `и ещё ${count}`,
    failed: "Не удалось отключить оповещение",
  },
});
