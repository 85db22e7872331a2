"""One table says which roles may do what; who lacks all of them is refused in words."""

from pathlib import Path
from typing import get_args

import pytest

from creason_core.cli import main
from creason_core.errors import AccessError
from creason_core.principal import PERMISSIONS, ROLES, Action, Principal, Role
from creason_core.settings import Settings


def test_every_action_has_its_roles_and_every_role_some_action() -> None:
    assert set(PERMISSIONS) == set(get_args(Action))
    assert frozenset.union(*PERMISSIONS.values()) == ROLES == set(get_args(Role))
    assert all(PERMISSIONS.values())


def test_the_person_of_the_settings_may_do_everything() -> None:
    me = Settings(user="ada", _env_file=None).principal
    assert me == Principal("ada")
    assert [action for action in PERMISSIONS if not me.may(action)] == []


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("reader", {"rate", "export", "delete", "promote", "curate"}),
        ("rater", {"promote", "curate"}),
        ("admin", {"ask", "enter", "rate"}),
    ],
)
def test_a_role_allows_what_the_table_says_and_nothing_else(role: Role, refused: set[Action]) -> None:
    me = Principal("bob", frozenset({role}))
    assert {action for action in PERMISSIONS if not me.may(action)} == refused
    for action in refused:
        with pytest.raises(AccessError, match=f"you have {role}. Nothing was done"):
            me.require(action)


def test_nobody_without_a_role_may_do_anything() -> None:
    with pytest.raises(AccessError, match="needs the role admin or rater or reader; you have none"):
        Principal("bob", frozenset()).require("look")


@pytest.mark.parametrize(
    "command",
    [
        ["model", "promote", "small@1"],
        ["model", "use", "base"],
        ["model", "rollback"],
        ["model", "register", "folder"],
        ["library", "remove", "a"],
        ["feedback", "export", "--format", "sft", "--out", "rows.jsonl"],
    ],
)
def test_a_command_asks_the_same_table(
    command: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Settings, "principal", Principal("bob", frozenset({"reader"})))
    assert main(command) == 1
    assert "you have reader. Nothing was done." in capsys.readouterr().err
    assert not (tmp_path / "rows.jsonl").exists()
