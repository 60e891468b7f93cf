/** The notices in a corner, read out by screen readers. */
import { Icon } from "../theme/Icon";
import { Said } from "../i18n/say";
import { useTranslation } from "../i18n/use-translation";
import { dismiss, useNotices } from "../state/notices";

export function Notices() {
  const words = useTranslation();
  const notices = useNotices((state) => state.notices);
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, kind, title, detail, problem, action }) => (
        <div key={id} className="notice" data-kind={kind} data-testid={`notice-${kind}`}>
          <div>
            <b>{problem ? <Said text={title} /> : title}</b>
            {detail && <p>{problem ? <Said text={detail} told={problem} /> : detail}</p>}
            {action && <button type="button" className="quiet notice-action" onClick={action.run} data-testid="notice-action">{action.label}</button>}
          </div>
          <button type="button" className="quiet" aria-label={words.dismiss} onClick={() => { dismiss(id); }}><Icon name="close" /></button>
        </div>
      ))}
    </div>
  );
}
