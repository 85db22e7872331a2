"""The log of the server process: Streamlit's own loggers, which write as they please, write like ours."""

import logging

from streamlit import logger as loggers

from creason_core.errors import SettingsError
from creason_core.logs import write_log
from creason_core.settings import settings


def keep_journal() -> None:
    """Sends everything that this process logs through ``creason_core.logs``."""
    try:
        level = settings().log_level
    except SettingsError:  # told on every page
        level = "info"
    write_log(level)
    loggers.setup_formatter = _adopt
    loggers.update_formatter()
    # A probe opens the services outside of any visit, which Streamlit finds worth a warning.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True


def _adopt(logger: logging.Logger) -> None:
    """Takes the place of Streamlit's function that gives each of its loggers a handler of its own."""
    logger.handlers.clear()
    logger.propagate = True
