"""The pages, one file each, run by the router ``app.py``; ``components`` draws, the other modules serve several pages.

Until ``st.navigation`` has run once in the process, Streamlit takes this folder for an automatic multipage app: an
address that names a page would run its file without the router, and list every module here as a page. The first
import therefore says that it is not one, and starts the run again.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False
    st.rerun()
