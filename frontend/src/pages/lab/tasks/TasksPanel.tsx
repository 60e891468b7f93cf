/** The panel of tasks: their list, the nodes as executors, and a form for a new one. */
import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "../../../i18n/use-translation";
import { useView, type TaskView } from "../../../state/view";
import { ExecutorsTable } from "./ExecutorsTable";
import { TaskForm } from "../../../tasks/TaskForm";
import { TaskList } from "./TaskList";

export function TasksPanel() {
  const words = useTranslation();
  const view = useView(({ taskView }) => taskView);
  return (
    <div className="panel-body">
      <SegmentedControl<TaskView>
        fullWidth
        size="xs"
        className="task-views"
        aria-label={words.taskViewsLabel}
        value={view}
        onChange={(taskView) => { useView.setState({ taskView }); }}
        data={[
          { value: "list", label: words.taskViews.list },
          { value: "executors", label: words.taskViews.executors },
          { value: "submit", label: words.taskViews.submit },
        ]}
        data-testid="task-views"
      />
      {view === "list" && <TaskList />}
      {view === "executors" && <ExecutorsTable />}
      {view === "submit" && <TaskForm sent={() => { useView.setState({ taskView: "list" }); }} />}
    </div>
  );
}
