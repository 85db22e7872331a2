"""The careless page behind the program's own headers: the policy has to do it alone."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.server.content_security_policy import SafeHeaders

app = st.App(Path(__file__).with_name("raw.py"), middleware=[Middleware(SafeHeaders)])
