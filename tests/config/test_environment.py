"""The MONITOR_* variables."""

import os
from pathlib import Path

import pytest

from monitor.config.environment import Environment, environment
from monitor.errors import ConfigError


def problems(environ):
    with pytest.raises(ConfigError) as caught:
        environment(environ)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("environ", [{}, {"MONITOR_PORT": "", "MONITOR_PASSWORD": "", "HOME": "/"}])
def test_nothing_set_gives_the_defaults(environ):
    assert environment(environ) == Environment(
        Path("sources.yaml"),
        "sqlite:///data/monitor.db",
        "127.0.0.1",
        8000,
        None,
        "text",
    )


def test_every_variable_is_read():
    found = environment(
        {
            "MONITOR_CONFIG": "/etc/monitor.yaml",
            "MONITOR_DATABASE_URL": "postgresql+psycopg://me:hunter2@db/x",
            "MONITOR_HOST": "0.0.0.0",
            "MONITOR_PORT": "0",
            "MONITOR_PASSWORD": "open sesame",
            "MONITOR_LOG": "json",
        },
    )
    assert (found.config, found.host, found.port) == (Path("/etc/monitor.yaml"), "0.0.0.0", 0)
    assert (found.password, found.log) == ("open sesame", "json")
    assert found.secrets() == {"open sesame", "hunter2"}
    assert "hunter2" not in repr(found)
    assert "sesame" not in repr(found)


@pytest.mark.fault("I6")
def test_a_password_may_come_from_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("open sesame\n")
    file.chmod(0o600)
    found = environment({"MONITOR_PASSWORD_FILE": str(file)})
    assert (found.password, found.warnings) == ("open sesame", ())
    file.chmod(0o604)
    assert len(environment({"MONITOR_PASSWORD_FILE": str(file)}).warnings) == 1
    assert problems({"MONITOR_PASSWORD": "x", "MONITOR_PASSWORD_FILE": str(file)}) == [
        "environment: MONITOR_PASSWORD: both MONITOR_PASSWORD and MONITOR_PASSWORD_FILE are set; unset one of them",
    ]


@pytest.mark.fault("I6")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\xff", "not UTF-8"),
        (b"two\nlines\n", "a line break or another control character"),
        (b"x" * 70_000, "larger than 65536 bytes"),
        (b"", "empty; write the value into it, or unset MONITOR_PASSWORD_FILE"),
        (b"\n", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused(tmp_path, body, said):
    file = tmp_path / "password"
    file.write_bytes(body)
    (problem,) = problems({"MONITOR_PASSWORD_FILE": str(file)})
    assert problem.startswith("environment: MONITOR_PASSWORD: ")
    assert said in problem


@pytest.mark.fault("I6")
@pytest.mark.parametrize(
    "body", [b"open sesame", b"open sesame\n", b"open sesame\r\n", b"\xef\xbb\xbfopen sesame\n"], ids=ascii
)
def test_what_editors_add_to_a_secret_is_no_part_of_it(tmp_path, body):
    file = tmp_path / "password"
    file.write_bytes(body)
    assert environment({"MONITOR_PASSWORD_FILE": str(file)}).password == "open sesame"


@pytest.mark.fault("I6")
def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, said in (
        (pipe, "not a file that can be read again"),
        ("/dev/zero", "not a file that can be read again"),
        (tmp_path, "is a directory"),
        (tmp_path / "nowhere", "no such file or directory"),
    ):
        (problem,) = problems({"MONITOR_DATABASE_URL_FILE": str(path)})
        assert problem == f"environment: MONITOR_DATABASE_URL: MONITOR_DATABASE_URL_FILE names {path}: {said}"


@pytest.mark.fault("I6")
def test_every_variable_may_come_from_a_file_and_says_so(tmp_path):
    file = tmp_path / "url"
    file.write_text("postgresql://me:hunter2%40x@db.example/news?sslpassword=hunter3\n")
    file.chmod(0o600)
    found = environment({"MONITOR_DATABASE_URL_FILE": str(file), "MONITOR_PORT": "9000"})
    assert found.origins == {"MONITOR_DATABASE_URL": str(file), "MONITOR_PORT": ""}
    assert found.secrets() == {"hunter2%40x", "hunter2@x", "hunter3"}


@pytest.mark.fault("I6")
def test_every_mistake_is_named_at_once_and_no_secret_shown():
    environ = {"MONITOR_DATABASE_URL": "mysql://me:hunter2@db/x", "MONITOR_PORT": "80000", "MONITOR_LOG": "xml"}
    database, *others = problems(environ)
    assert database.startswith("environment: MONITOR_DATABASE_URL: expected a URL such as sqlite:///data/monitor.db")
    assert "hunter2" not in database
    assert others == [
        'environment: MONITOR_PORT: expected a port from 0 to 65535, got "80000"',
        'environment: MONITOR_LOG: expected text or json, got "xml"',
    ]


def test_a_misspelt_variable_is_warned_of():
    assert environment({"MONITOR_PASWORD": "x", "MONITOR_TELEGRAM_TOKEN": "y"}).warnings == (
        "MONITOR_PASWORD is not known; did you mean MONITOR_PASSWORD?",
    )


@pytest.mark.parametrize(
    ("given", "read"),
    [("/monitor", "/monitor"), ("/monitor/", "/monitor"), ("/", ""), ("/a/b-c.d_e~1", "/a/b-c.d_e~1"), ("", "")],
)
def test_where_a_proxy_shows_the_page(given, read):
    assert environment({"MONITOR_ROOT_PATH": given}).root_path == read


@pytest.mark.parametrize(
    "given",
    ["monitor", "//monitor", "/a//b", "/a/../b", "/.", "/a b", "/a;b", '/a"', "/ё", "https://a/b", "/" + "a" * 300],
)
def test_a_path_that_is_none_is_told_with_the_mend(given):
    (problem,) = problems({"MONITOR_ROOT_PATH": given})
    assert problem.startswith("environment: MONITOR_ROOT_PATH: expected a path such as /monitor, got")


@pytest.mark.fault("H6")
def test_a_password_that_anybody_tries_first_is_warned_of_and_not_shown():
    (warning,) = environment({"MONITOR_PASSWORD": "ChangeMe"}).warnings
    assert "take another" in warning
    assert "ChangeMe" not in warning
