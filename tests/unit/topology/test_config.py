"""config.json: defaults, ranges, and what is told about anything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.unit.topology.strategies import ROOT
from topowave.topology.alert_settings import ALERT_RULES, AlertSettings
from topowave.topology.config import (
    RUNNING_NAMES,
    RUNNING_NUMBERS,
    RUNNING_SETTINGS,
    LabConfig,
    checked_config,
    expected,
    in_words,
    read_config,
    reconfigured,
    running_settings,
)
from topowave.topology.limits import (
    MAX_ALERT_TIME,
    MAX_ALLOW_ORIGINS,
    MAX_ANSWER_TO,
    MAX_PATH,
    MAX_REPLICAS,
    MAX_SCRIPT_DIRS,
    MAX_URL,
)
from topowave.topology.problems import ProblemList, Problems


def refused(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "config.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        read_config(path)
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


def test_the_repositorys_config_has_the_courses_values() -> None:
    config = read_config(ROOT / "config.json")
    assert (config.max_cpu, config.task_time, config.rebalance_interval, config.link_delay) == (75, 10, 5, 0)
    assert config == LabConfig()


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"task_time": 0.5}', encoding="utf-8")
    config = read_config(tmp_path / "c.json")
    assert config == LabConfig(task_time=0.5)
    assert config.balancer_port == 7999


def test_a_config_never_changes() -> None:
    with pytest.raises(ValidationError):
        LabConfig().max_cpu = 10  # type: ignore[misc]


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("max_cpu", "0", "a number from 1 to 100 (percent)"),
        ("max_cpu", "101", "a number from 1 to 100 (percent)"),
        ("max_cpu", "true", "a number from 1 to 100 (percent)"),
        ("max_cpu", '"75"', "a number from 1 to 100 (percent)"),
        ("max_cpu", "null", "a number from 1 to 100 (percent)"),
        ("task_time", "0", "a number above 0, at most 86400 (s)"),
        ("task_time", "[10]", "a number above 0, at most 86400 (s)"),
        ("rebalance_interval", "-1", "a number from 0 to 3600 (s)"),
        ("link_delay", "10001", "a number from 0 to 10000 (ms)"),
        ("balancer_port", "0", "an integer from 1 to 65535"),
        ("balancer_port", "7999.0", "an integer from 1 to 65535"),
        ("page_port", "true", "an integer from 1 to 65535"),
        ("wave_timeout", "0", "a number above 0, at most 600 (s)"),
        ("probe_after", "{}", "a number above 0, at most 600 (s)"),
        ("probe_timeout", "601", "a number above 0, at most 600 (s)"),
        ("host", '""', "a host name or an IP address"),
        ("host", '"a b"', "a host name or an IP address"),
        ("host", '"127.0.0.1:80"', "a host name or an IP address"),
        ("host", "7", "a host name or an IP address"),
    ],
)
def test_a_bad_value_is_told_with_key_line_and_range(
    tmp_path: Path, key: str, value: str, wanted: str
) -> None:
    (line,) = refused(tmp_path, f'{{\n  "{key}": {value}\n}}')
    assert line.startswith(f"{key}: ")
    assert line.endswith(f" does not fit; expected {wanted} (line 2)")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    assert refused(tmp_path, '{\n "max_cpu": 0,\n "task_tim": 3,\n "host": []\n}') == [
        "max_cpu: 0 does not fit; expected a number from 1 to 100 (percent) (line 2)",
        "host: a list does not fit; expected a host name or an IP address (line 4)",
        'task_tim: unknown key; did you mean "task_time"? (line 3)',
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the file is empty; expected JSON"),
        ("[]", "expected an object with settings, found a list (line 1)"),
        ('{"max_cpu": 1, "max_cpu": 2}', "max_cpu: the key appears twice (line 1, first in line 1)"),
        (
            '{"page_port": 7999}',
            "page_port: 7999 is the port of the balancer and of the page (line 1)",
        ),
        (
            '{"balancer_port": 3000}',
            "balancer_port: 3000 is the port of the balancer and of the page (line 1)",
        ),
        (
            '{"max_cpu": NaN}',
            'not JSON: line 1, column 13: expected a value, found "NaN", which is not JSON',
        ),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, text: str, problem: str) -> None:
    assert refused(tmp_path, text) == [problem]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="there is no such file"):
        read_config(tmp_path / "none.json")


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "localhost", "lab-1.example.org"])
def test_takes_names_and_addresses_of_hosts(host: str) -> None:
    assert LabConfig(host=host).host == host


def test_takes_hosts_and_networks_to_answer_to() -> None:
    more = ["10.0.0.0/24", "10.0.0.7/24", "fd00::/8", "board.example", "::1"]
    assert LabConfig(answer_to=more).answer_to == more


def test_a_bad_entry_of_a_list_is_named() -> None:
    with pytest.raises(Problems, match=r'answer_to: "127\.0\.0\.1:80" does not fit; expected'):
        checked_config({"answer_to": ["localhost", "127.0.0.1:80"]}, ProblemList("c"))


@pytest.mark.parametrize(
    "more",
    [["10.0.0.0/33"], ["a b"], ["a/b"], [""], [7], "10.0.0.0/24", ["x"] * (MAX_ANSWER_TO + 1), ["a b", ""]],
)
def test_refuses_what_is_no_host_and_no_network_in_one_line(more: object) -> None:
    with pytest.raises(Problems) as refused:
        checked_config({"answer_to": more}, ProblemList("c"))
    (line,) = refused.value.problems
    assert "expected a list of at most 100 host names" in line


def test_takes_as_many_hosts_as_the_limit_says() -> None:
    assert (
        len(checked_config({"answer_to": ["x"] * MAX_ANSWER_TO}, ProblemList("c")).answer_to) == MAX_ANSWER_TO
    )


def test_takes_origins_of_pages_as_browsers_say_them() -> None:
    said = ["http://localhost:3000", "https://Board.example", "http://[::1]:3000", "http://10.0.0.7"]
    config = checked_config({"allow_origins": said, "page": False}, ProblemList("c"))
    assert config.allow_origins == [each.lower() for each in said]
    assert (config.pages_of_ours, config.docs_files_port) == ((), config.balancer_port)
    most = checked_config({"allow_origins": [said[0]] * MAX_ALLOW_ORIGINS}, ProblemList("c"))
    assert len(most.allow_origins) == MAX_ALLOW_ORIGINS
    assert (most.pages_of_ours, most.docs_files_port) == ((3000,), 3000)


@pytest.mark.parametrize(
    "more",
    [
        "http://localhost",
        ["*"],
        ["null"],
        [""],
        ["localhost:3000"],
        ["http://localhost:3000/"],
        ["http://a@b"],
        ["ftp://localhost"],
        ["http://x"] * (MAX_ALLOW_ORIGINS + 1),
    ],
)
def test_refuses_what_is_no_origin_in_one_line(more: object) -> None:
    with pytest.raises(Problems) as refused:
        checked_config({"allow_origins": more}, ProblemList("c"))
    (line,) = refused.value.problems
    assert "expected a list of at most 100 origins like http://localhost:3000" in line


def test_without_a_page_its_port_is_anybodys() -> None:
    assert not checked_config({"page": False, "balancer_port": 3000}, ProblemList("c")).page
    with pytest.raises(Problems, match="expected true or false"):
        checked_config({"page": "no"}, ProblemList("c"))


@given(st.dictionaries(st.sampled_from(list(LabConfig.model_fields)), st.none() | st.booleans() | st.text() |
       st.integers() | st.floats() | st.lists(st.integers(), max_size=2)))  # fmt: skip
@settings(deadline=None)
def test_any_data_becomes_a_config_or_is_refused_in_words(data: dict[str, object]) -> None:
    try:
        config = checked_config(data, ProblemList("c"))
    except Problems as error:
        problems = error.problems
    else:
        problems = ("c: good",)
        assert json.loads(config.model_dump_json()) == {**LabConfig().model_dump(), **data}
    assert all(line.startswith("c: ") and line.isprintable() for line in problems)


def test_the_reference_names_every_setting_with_default_and_range() -> None:
    reference = (ROOT / "docs" / "reference" / "config.md").read_text(encoding="utf-8")
    for name, field in LabConfig.model_fields.items():
        (row,) = [line for line in reference.splitlines() if line.startswith(f"| `{name}` ")]
        default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
        default = default.lower() if isinstance(field.default, bool) else default  # as JSON has it
        default = "{}" if isinstance(field.default, AlertSettings) else default
        assert f"| {default} |" in row
        assert f"| {expected(field).split(' (')[0]} |" in row


def test_the_reference_names_every_setting_of_alerts_with_default_and_range_and_every_rule() -> None:
    reference = (ROOT / "docs" / "reference" / "config.md").read_text(encoding="utf-8")
    for name, field in AlertSettings.model_fields.items():
        (row,) = [line for line in reference.splitlines() if line.startswith(f"| `alerts.{name}` ")]
        default = field.default
        default = f"{default:g}" if isinstance(default, float) else str(default).replace("'", '"')
        wanted = "a list of rules" if name == "off" else expected(field).split(" (")[0]
        assert (f"| {default} |" in row, f"| {wanted} |" in row) == (True, True), row
    alerts = (ROOT / "docs" / "reference" / "alerts.md").read_text(encoding="utf-8")
    assert [rule for rule in ALERT_RULES if f"| `{rule}` |" not in alerts] == []


def test_what_does_not_fit_among_the_settings_of_alerts_is_told_with_its_place(tmp_path: Path) -> None:
    text = '{"alerts": {\n"calm": 0,\n"off": ["overload", "x"],\n"overload_fr": 1,\n"webhook": "ftp://x"}}'
    found = refused(tmp_path, text)
    assert found[0].startswith('alerts.off: "x" does not fit; expected a list of rules: node-failed, ')
    assert found[1] == "alerts.calm: 0 does not fit; expected a number from 1 to 100 (percent) (line 2)"
    assert 'alerts.overload_fr: unknown key; did you mean "overload_for"? (line 4)' in found
    assert any(line.startswith('alerts.webhook: "ftp://x" does not fit; expected a URL') for line in found)
    assert refused(tmp_path, '{"alerts": 3}') == [
        "alerts: 3 does not fit; expected an object with settings of alerts (line 1)"
    ]


def test_the_longest_time_of_a_rule_is_taken_and_one_longer_refused(tmp_path: Path) -> None:
    assert AlertSettings(overload_for=MAX_ALERT_TIME).overload_for == MAX_ALERT_TIME
    (line,) = refused(tmp_path, f'{{"alerts": {{"overload_for": {MAX_ALERT_TIME + 1}}}}}')
    assert line.endswith("expected a number from 0 to 86400 (s) (line 1)")


def test_a_secret_of_a_webhook_is_never_repeated(tmp_path: Path) -> None:
    (line,) = refused(tmp_path, '{"alerts": {"webhook_secret": ["geheim"]}}')
    assert "geheim" not in line
    assert "geheim" not in repr(LabConfig(alerts=AlertSettings(webhook_secret="geheim")))


def test_the_longest_path_of_a_folder_is_taken_and_one_longer_refused() -> None:
    assert checked_config({"data_dir": "x" * MAX_PATH}, ProblemList("c")).data_dir == "x" * MAX_PATH
    with pytest.raises(Problems, match="expected the path of a folder"):
        checked_config({"data_dir": "x" * (MAX_PATH + 1)}, ProblemList("c"))


def test_folders_of_scripts_begin_at_the_folder_of_the_file_that_names_them(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"script_dirs": ["@examples", "mine", "/srv/scripts"]}', encoding="utf-8")
    assert read_config(path).script_dirs == ["@examples", str(tmp_path / "mine"), "/srv/scripts"]
    path.write_text("{}", encoding="utf-8")
    assert read_config(path) == LabConfig()


def test_the_folder_of_reports_begins_at_the_folder_of_the_file_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"experiments": "mine"}', encoding="utf-8")
    assert read_config(path).experiments == str(tmp_path / "mine")
    path.write_text("{}", encoding="utf-8")
    assert read_config(path).experiments == "results"


def test_where_others_reach_the_lab_only_named_folders_of_scripts_are_allowed(tmp_path: Path) -> None:
    assert LabConfig().allowed_script_dirs == LabConfig(host="::1").allowed_script_dirs == ["@examples"]
    path = tmp_path / "config.json"
    path.write_text('{"host": "0.0.0.0"}', encoding="utf-8")
    assert read_config(path).allowed_script_dirs == []
    path.write_text('{"host": "0.0.0.0", "script_dirs": ["@examples"]}', encoding="utf-8")
    assert read_config(path).allowed_script_dirs == ["@examples"]


@pytest.mark.parametrize("said", [["x"] * (MAX_SCRIPT_DIRS + 1), [""], ["a\0b"], [3], "mine"])
def test_folders_of_scripts_that_are_none_are_refused(said: object) -> None:
    assert len(LabConfig(script_dirs=["x"] * MAX_SCRIPT_DIRS).script_dirs) == MAX_SCRIPT_DIRS
    with pytest.raises(Problems, match=r"script_dirs: .* expected a list of at most 100 paths of folders"):
        checked_config({"script_dirs": said}, ProblemList("c"))


def test_an_unknown_policy_is_refused_by_name_with_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{\n  "policy": "max-load-heep"\n}', encoding="utf-8")
    assert read_config(path).policy == "max-load-heep"
    with pytest.raises(Problems) as caught:
        read_config(path, {"policy": ("max-load-heap", "diffusion"), "discipline": ("priority",)})
    assert caught.value.problems == (
        f'{path}: policy: there is no policy "max-load-heep"; did you mean "max-load-heap"?; '
        "there are max-load-heap, diffusion (line 2)",
    )
    assert read_config(path, {"policy": {"max-load-heep"}}).policy == "max-load-heep"


def test_a_change_of_another_setting_lets_no_scripts_run_in_a_lab_that_other_machines_reach() -> None:
    after = reconfigured(LabConfig(host="0.0.0.0"), {"max_cpu": 50.0})
    assert after.allowed_script_dirs == []
    said = LabConfig(host="0.0.0.0", script_dirs=["/scripts"])
    assert reconfigured(said, {"max_cpu": 50.0}).allowed_script_dirs == ["/scripts"]


def test_some_settings_can_be_changed_while_a_lab_runs() -> None:
    before = LabConfig(host="10.0.0.7", answer_to=["10.0.0.0/24"])
    after = reconfigured(before, {"link_delay": 300, "task_time": 0.5, "policy": "other"})
    assert (after.link_delay, after.task_time, after.policy) == (300, 0.5, "other")
    assert after.model_copy(update=running_settings(before)) == before
    assert tuple(running_settings(after)) == RUNNING_SETTINGS


def test_what_cannot_be_changed_while_a_lab_runs_is_named_all_at_once() -> None:
    with pytest.raises(Problems) as refused:
        reconfigured(LabConfig(), {"page_port": 1, "task_tim": 1, "link_delay": 1})
    assert refused.value.problems == (
        "config: page_port: only a new start changes it; while the lab runs, "
        f"{', '.join(RUNNING_SETTINGS)} can be changed",
        'config: task_tim: unknown key; did you mean "task_time"?',
    )
    with pytest.raises(Problems, match=r"link_delay: -1 does not fit; expected a number from 0 to 10000"):
        reconfigured(LabConfig(), {"link_delay": -1})


def test_a_setting_is_told_with_its_unit() -> None:
    assert {name: in_words(name, 2.5) for name in RUNNING_NUMBERS} == {
        "max_cpu": "2.5 percent",
        "task_time": "2.5 s",
        "rebalance_interval": "2.5 s",
        "link_delay": "2.5 ms",
        "wave_timeout": "2.5 s",
        "min_replicas": "2.5",
        "max_replicas": "2.5",
        "target_load": "2.5 percent",
        "scale_tolerance": "2.5 percent",
        "scale_cooldown": "2.5 s",
        "scale_up_window": "2.5 s",
        "scale_down_window": "2.5 s",
    }
    assert [in_words(name, "tree-exact") for name in RUNNING_NAMES] == ["tree-exact"] * len(RUNNING_NAMES)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"min_replicas": 11}, "min_replicas: min_replicas is 11, above max_replicas, which is 10"),
        ({"max_replicas": 0}, "max_replicas: 0 does not fit; expected an integer from 1 to 1000"),
        ({"min_replicas": 2.0}, "min_replicas: 2.0 does not fit; expected an integer from 1 to 1000"),
        ({"autoscale": "on"}, 'autoscale: "on" does not fit; expected off, measured or forecast'),
        (
            {"autoscale": "forecast"},
            "autoscale: autoscale is forecast, and forecast is none: name one, or let autoscale be measured",
        ),
        ({"target_load": 0}, "target_load: 0 does not fit; expected a number from 1 to 1000 (percent)"),
        ({"scale_down_window": 3601}, "expected a number from 0 to 3600 (s)"),
    ],
)
def test_what_autoscaling_cannot_go_by_is_refused(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(Problems) as refused:
        checked_config(settings, ProblemList("c"))
    (line,) = refused.value.problems
    assert problem in line


def test_settings_of_autoscaling_that_fit_each_other_are_taken_together() -> None:
    most = reconfigured(LabConfig(), {"min_replicas": MAX_REPLICAS, "max_replicas": MAX_REPLICAS})
    assert (most.min_replicas, most.max_replicas) == (1000, 1000)
    both = reconfigured(most, {"autoscale": "forecast", "forecast": "last-value"})
    with pytest.raises(Problems, match="autoscale is forecast, and forecast is none"):
        reconfigured(both, {"forecast": "none"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://localhost/lab",
        "postgres://me:secret@db.example:5433/lab?sslmode=require",
        "postgresql:///lab?host=/run/postgresql",
        "",
    ],
)
def test_a_database_is_named_by_its_url_which_nothing_prints(url: str) -> None:
    config = checked_config({"database_url": url}, ProblemList("c"))
    assert config.database_url == url
    assert "secret" not in repr(config)


@pytest.mark.parametrize(
    "said",
    [
        "mysql://me:secret@localhost/lab",
        "postgresql://me:secret@localhost",
        "postgresql://me:secret@localhost:0/lab",
        "postgresql://me:secret@localhost:99999/lab",
        "postgresql://me:secret@[::1/lab",
        "postgresql://me:secret@local host/lab",
        "postgresql:lab?password=secret",
        "postgresql://x/secret" + "x" * MAX_URL,
        ["secret"],
        7,
    ],
)
def test_what_names_no_database_is_refused_without_being_repeated(said: object) -> None:
    with pytest.raises(Problems) as refused:
        checked_config({"database_url": said}, ProblemList("c"))
    (line,) = refused.value.problems
    assert line == (
        "c: database_url: what is there does not fit; "
        "expected a URL like postgresql://user@host:5432/database"
    )
