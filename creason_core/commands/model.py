"""``creason model``: bring the small model that runs on this computer, and check it."""

import argparse


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the group."""
    model = groups.add_parser("model", help="the small model that runs on this computer")
    commands = model.add_subparsers(metavar="COMMAND", required=True)
    does = "download, check and convert the model; does nothing when it is already here"
    commands.add_parser("pull", help=does, description=f"{does.capitalize()}.").set_defaults(command=_pull)
    does = "check that the model's files are whole and unaltered"
    commands.add_parser("check", help=does, description=f"{does.capitalize()}.").set_defaults(command=_check)


def _pull(_: argparse.Namespace) -> int:
    from creason_core.engines.weights import pull
    from creason_core.settings import settings

    pull(settings())
    return 0


def _check(_: argparse.Namespace) -> int:
    from creason_core.engines.weights import check, model_folder
    from creason_core.settings import settings

    weights = check(model_folder(settings()))
    print(f"{weights.folder} is whole: every file is as it was installed (SHA-256 {weights.manifest.hash}).")
    return 0
