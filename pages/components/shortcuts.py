"""The list of keyboard shortcuts. A button that has one names it here too."""

import streamlit as st

KEYS = {
    "Ctrl+Enter": "Run the question",
    "Esc": "Stop the run",
    "Ctrl+G": "Ask again (Regenerate or Retry)",
    "Alt+1 … Alt+5": "Choose option A to E",
    "Ctrl+S": "Save the version of a case",
    "Alt+H": "Open this list",
}


def shortcuts_button(*, shortcuts: bool) -> None:
    """Draws the button that opens the list; it stays where the reader has switched shortcuts off."""
    st.button(
        "Keys",
        key="shortcuts",
        icon=":material/keyboard:",
        type="tertiary",
        shortcut="Alt+H" if shortcuts else None,
        help="Keyboard shortcuts" if shortcuts else "Keyboard shortcuts are off; Settings turns them on.",
        on_click=_list,
        args=(shortcuts,),
    )


@st.dialog("Keyboard shortcuts", icon=":material/keyboard:")
def _list(shortcuts: bool) -> None:
    if not shortcuts:
        st.info("They are off for you. Settings, Keyboard shortcuts, turns them on.", icon=":material/keyboard_off:")
    st.table({"Key": list(KEYS), "What it does": list(KEYS.values())}, hide_index=True)
    st.caption("A key works where its button is on the page. A browser or a Mac may keep some for itself.")
