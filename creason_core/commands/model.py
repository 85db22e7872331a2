"""``creason model``: the small model that runs on this computer, and the versions of its adapter."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creason_core.model.adapters.versions import Versions

Command = Callable[[argparse.Namespace], int]
VERSION = "name@version"


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    model = groups.add_parser("model", help="the small model that runs on this computer, and versions of its adapter")
    commands = model.add_subparsers(metavar="COMMAND", required=True)

    def one(name: str, does: str, command: Command) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
        parser.set_defaults(command=command)
        return parser

    one("pull", "download, check and convert the model; does nothing when it is already here", _pull)
    one("check", "check that the files of the model and of every adapter are whole and unaltered", _check)
    as_json(one("list", "list the base, every version of an adapter, and which one answers", _list))
    use = one("use", "choose what answers here: a version, base, or default (what is promoted, else what ships)", _use)
    use.add_argument("version", metavar="VERSION", help=f"{VERSION}, base or default")
    register = one("register", "take in an adapter folder as a version, without using it", _register)
    register.add_argument("folder", type=Path)
    promote = one("promote", "make a version the one that answers by default", _promote)
    promote.add_argument("version", metavar="VERSION", help=VERSION)
    rollback = one("rollback", "take the latest promotion back", _rollback)
    for parser in (use, register, promote, rollback):
        parser.add_argument("--why", default="", help="a reason, kept in the history")
    card = one("card", "print the model card, or write it to a file", _card)
    card.add_argument("version", nargs="?", metavar="VERSION", help=f"{VERSION} or base; default: what answers here")
    card.add_argument("--out", type=Path, help="a Markdown file, such as docs/model-card.md")
    as_json(card)


def as_json(parser: argparse.ArgumentParser) -> None:
    """Adds ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def _versions(*, decide: bool = False) -> "Versions":
    """The versions here; to ``decide`` which of them answers takes the role for it. Raises ``AccessError``."""
    from creason_core.model.adapters.versions import Versions
    from creason_core.settings import settings

    me = settings().principal
    if decide:
        me.require("promote")
    return Versions(settings().data_dir, me.user)


def _pull(_: argparse.Namespace) -> int:
    from creason_core.errors import WeightsError
    from creason_core.model.adapters.choosing import chosen, source_for_shipped
    from creason_core.model.engines.choose import embedded_precision
    from creason_core.model.engines.embedded_weights import prepared
    from creason_core.model.engines.weights import pull
    from creason_core.model.engines.weights_cache import cache_folder
    from creason_core.settings import settings

    here = settings()
    base = pull(source_for_shipped(here)).folder
    try:  # now and not when the first page opens; what is there already is only looked at
        prepared(base, chosen(here).folder, cache_folder(here), embedded_precision(here), print)
    except (WeightsError, ImportError) as error:  # the model is there all the same; who asks it is told again
        print(error)
    return 0


def _check(_: argparse.Namespace) -> int:
    from creason_core.model.engines.weights import check, model_folder
    from creason_core.settings import settings

    weights, versions = check(model_folder(settings())), _versions()
    print(f"{weights.folder} is whole: every file is as it was installed (SHA-256 {weights.manifest.hash}).")
    for manifest in versions.all():
        found = versions.read(manifest.title)
        print(f"{found.folder} is whole: the adapter {manifest.title} (SHA-256 {manifest.hash}).")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from creason_core.model.adapters.choosing import chosen
    from creason_core.settings import settings

    versions, choice = _versions(), chosen(settings())
    promoted, ships = versions.active(), versions.shipping()
    lines = [{"version": "base", "base": choice.base, "hash": "", "marks": [], "made": ""}]
    for one in versions.all():
        marks = ["promoted"] * (one.title == promoted) + ["ships"] * (one.title in ships)
        made = one.made.isoformat(timespec="seconds")
        lines.append({"version": one.title, "base": one.base.name, "hash": one.hash, "marks": marks, "made": made})
    events = [event.model_dump(mode="json") for event in versions.history().events]
    if arguments.json:
        said = {"answers": choice.version or "base", "because": choice.because, "note": choice.aside}
        print(json.dumps({**said, "versions": lines, "history": events}, indent=2))
        return 0
    for line in lines:
        answers = "→" if line["version"] == (choice.version or "base") else " "
        text = f"{answers} {line['version']:<28} {', '.join(line['marks']):<16} {line['hash'][:12]} {line['made']}"
        print(text.rstrip())
    print(f"→ answers here ({choice.because}). {choice.aside}".rstrip())
    for event in events:
        print(f"  {event['at'][:19]}  {event['who']}  {event['what']}  {event['version'] or 'default'}  {event['why']}")
    return 0


def _use(arguments: argparse.Namespace) -> int:
    _versions(decide=True).choose("" if arguments.version == "default" else arguments.version, arguments.why)
    return _say_what_answers()


def _register(arguments: argparse.Namespace) -> int:
    found = _versions(decide=True).register(arguments.folder, arguments.why)
    print(f"{found.manifest.title} is registered in {found.folder} (SHA-256 {found.manifest.hash}).")
    print(f"To use it: creason model promote {found.manifest.title}")
    return 0


def _promote(arguments: argparse.Namespace) -> int:
    found = _versions(decide=True).promote(arguments.version, arguments.why)
    print(f"{found.manifest.title} is promoted. To take it back: creason model rollback")
    return _say_what_answers()


def _rollback(arguments: argparse.Namespace) -> int:
    now = _versions(decide=True).rollback(arguments.why)
    print(f"The latest promotion was taken back; {now or 'no version'} is promoted now. No version was removed.")
    return _say_what_answers()


def _say_what_answers() -> int:
    from creason_core.model.adapters.choosing import chosen
    from creason_core.settings import settings

    choice = chosen(settings())
    print(f"New runs are answered by {choice.served} ({choice.because}). {choice.aside}".rstrip())
    if choice.version:
        print("A running app follows within seconds; a vLLM server on a CPU has to be started again: make serve")
    return 0


def _card(arguments: argparse.Namespace) -> int:
    from creason_core.model.adapters.card import card_of, markdown
    from creason_core.model.adapters.choosing import chosen
    from creason_core.private import private_folder
    from creason_core.settings import settings

    choice = chosen(settings())
    version = arguments.version or choice.version or "base"
    manifest = _versions().read(version).manifest if version != "base" else None
    if arguments.json:
        print(manifest.model_dump_json(indent=2) if manifest else json.dumps({"base": choice.base}))
        return 0
    text = markdown(card_of(manifest, choice.base))
    if arguments.out is None:
        print(text, end="")
    else:
        private_folder(arguments.out.parent)
        arguments.out.write_text(text, encoding="utf-8")
        print(f"The model card of {version} is in {arguments.out}.")
    return 0
