import pytest
import typer

from topowave.cli.options import BALANCER, balancer_url


@pytest.mark.parametrize(
    ("said", "url"),
    [
        (BALANCER, BALANCER),
        ("42000", "http://127.0.0.1:42000"),
        ("localhost", "http://localhost:7999"),
        ("localhost/", "http://localhost:7999"),
        ("10.0.0.7:42000", "http://10.0.0.7:42000"),
        ("[::1]", "http://[::1]:7999"),
        ("[::1]:42000", "http://[::1]:42000"),
        ("https://lab.example", "https://lab.example"),
        ("https://lab.example/a/lab", "https://lab.example/a/lab"),
    ],
)
def test_a_balancer_is_named_by_a_url_a_host_a_port_or_both(said: str, url: str) -> None:
    assert balancer_url(said) == url


@pytest.mark.parametrize(
    "said",
    [
        *("", " ", "0", "70000", ":42000", "::1", "ftp://x", "ws://127.0.0.1:42000", "http://", "a/b"),
        *("http:/127.0.0.1:1", "http://[::1", "http://127.0.0.1:x", "http://a b", "http://a?b", "http://a#b"),
        *("\udcff", "x" * 1000),
    ],
)
def test_what_is_no_address_is_refused_with_what_is_expected(said: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        balancer_url(said)
    assert "is no address of a balancer; expected http://127.0.0.1:7999, or a port" in str(refused.value)
    assert len(str(refused.value)) < 250
