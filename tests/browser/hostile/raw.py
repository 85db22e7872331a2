"""A page that draws every payload as carelessly as Streamlit lets it. Run by itself it has no defence at all."""

import plotly.graph_objects as go
import streamlit as st

from tests.browser.hostile.attack import payloads

# No policy governs a navigation of the page itself, where raw HTML is drawn. The program draws none
# (tests/test_architecture.py).
UNGOVERNED = ("<meta http-equiv=refresh",)


def careless(text: str, number: int) -> None:
    """Draws one payload in every place that reads markup."""
    st.markdown(text)
    st.caption(text)
    st.error(text)
    st.checkbox(text, key=f"box_{number}")
    st.radio("One of", [text, "x"], key=f"radio_{number}")
    if not text.startswith(UNGOVERNED):
        st.markdown(text, unsafe_allow_html=True)
        st.html(text)
        st.html(text, unsafe_allow_javascript=True)
        st.iframe(f"<p>{text}</p>", height=20)


def chart(texts: list[str], url: str) -> None:
    """A chart whose every text is a payload, with a picture from outside."""
    figure = go.Figure(go.Bar(x=[1] * len(texts), y=texts, orientation="h", text=texts, hovertext=texts, name=texts[0]))
    figure.update_layout(title=texts[0], xaxis_title=texts[-1], height=30 * len(texts))
    figure.add_annotation(text=texts[0], x=0, y=0)
    figure.add_layout_image(source=f"{url}-plotly", x=0, y=1, sizex=1, sizey=1)
    st.plotly_chart(figure, key="chart")


def fetched(url: str) -> None:
    """What fetches an address by its nature."""
    st.image(f"{url}-image")
    st.video(f"{url}-video")
    st.audio(f"{url}-audio")
    st.vega_lite_chart({"mark": "image", "data": {"url": f"{url}-vega.json"}, "encoding": {}})
    st.dataframe({"x": [f"{url}-cell"]}, column_config={"x": st.column_config.ImageColumn("x")})
    st.iframe(f"{url}-iframe")


port, first, last = (int(st.query_params[name]) for name in ("port", "first", "last"))
chosen = list(enumerate(payloads(port)))[first:last]
for number, text in chosen:
    careless(text, number)
chart([text for _, text in chosen], f"http://127.0.0.1:{port}/{first}")
fetched(f"http://127.0.0.1:{port}/{first}")
st.text("All is drawn.")
