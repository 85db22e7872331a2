"""The pages, one file each, run by the router ``app.py``; the folders hold what several of them are made of.

Left alone, Streamlit takes this folder for an automatic multipage app: an address that names a page would run its
file without the router, and every module here would be listed as a page. The server imports this before any visitor.
"""

from streamlit.runtime.pages_manager import PagesManager

PagesManager.uses_pages_directory = False
