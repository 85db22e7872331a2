"""The tab Sweep: one value over its plausible range, the same question at each point."""

from functools import partial

import streamlit as st

from creason_core.errors import CReasonError
from creason_core.question.confidence import Vote
from creason_core.question.what_if.copying import suppose
from creason_core.question.what_if.pairing import changeable, pair
from creason_core.question.what_if.sweeping import OFFERED, listed_points, points, read_points, shape, steepest, turns
from creason_core.record.ages import shown_value
from creason_core.record.codebook import Feature
from creason_core.record.highlights import outside
from creason_core.record.hours import parted
from pages.components.inert import inert
from pages.components.sweep_chart import SweepAxis, SweepPoint, sweep_chart
from pages.components.told_apart import told_apart
from pages.what_ifs.boosting import Probabilities, boosting_of
from pages.what_ifs.comparing import answer_words, text_of, vote_of
from pages.what_ifs.drafting import drafted
from pages.what_ifs.running import (
    estimate,
    lettered,
    of_kind,
    one_model,
    rest_row,
    run_button,
    samples_row,
    watched,
    withheld,
)
from pages.what_ifs.starting import start
from pages.what_ifs.trying import Shown, Trying, Values


def sweeping(now: Trying, hidden: frozenset[str]) -> None:
    """Draws the choice of value and points and, under it, the lines; ``hidden`` is what an open question hides."""
    shown = of_kind(now, "sweep")
    names = changed_alone(now, hidden)
    if not names:
        st.info("No recorded value is shown in this question, so there is none to go through.", icon=":material/info:")
        return
    _form(now, names, shown)
    if shown is None:
        return
    st.divider()
    if withheld(now, [shown.plan["name"]], hidden):
        return
    texts = {place: _words(now, shown, values) for place, values in enumerate(shown.plan["places"])}
    if shown.live:
        watched(now, shown)
    else:
        rest_row(now, shown, texts)
    _lines(now, shown, texts)


def changed_alone(now: Trying, hidden: frozenset[str]) -> list[str]:
    """The recorded values of which a change is seen, by name; not what an open question hides."""
    features, away = changeable(now.question, now.cohort), {parted(name)[0] for name in hidden}
    return [entry.name for entry in now.version.case.entries
            if entry.feature in features and entry.feature not in away]  # fmt: skip


def furthest_out(now: Trying, names: list[str]) -> list[str]:
    """The numbers among ``names``, those furthest outside their reference range first."""
    case, codebook = now.version.case, now.codebook
    numbers = [name for name in names if codebook.feature(name).numeric]
    return sorted(numbers, key=lambda name: -outside(codebook.feature(name), case.by_feature[name].value))


def value_words(now: Trying, name: str) -> str:
    """A recorded value with its name."""
    return f"{now.label(name)}, {shown_value(now.codebook.feature(name), now.version.case.by_feature[name].value)}"


def _form(now: Trying, names: list[str], shown: Shown | None) -> None:
    case, version_id = now.version.case, now.version.id
    key = f"sweep_name:{version_id}"
    wanted = [*([shown.plan["name"]] if shown else []), *drafted(now.s, version_id), *furthest_out(now, names)]
    first = next((name for name in wanted if name in names), names[0])
    name = st.selectbox(
        "Value to go through",
        names,
        index=names.index(first),
        key=key,
        format_func=told_apart(
            names,
            lambda one: f"{now.label(one)}, {shown_value(now.codebook.feature(one), case.by_feature[one].value)}",
        ),
    )
    feature, recorded = now.codebook.feature(name), case.by_feature[name].value
    count = OFFERED[0]
    chosen: tuple[float | str, ...] = ()
    why_not = ""
    try:
        if feature.numeric:
            count = int(
                st.segmented_control("Points", list(OFFERED), default=OFFERED[0], required=True, key=f"sweep_n:{name}")
                or count
            )
            offered = points(feature, now.cohort, recorded, count)
            unit = f" ({inert(feature.unit_label)})" if feature.unit_label else ""
            text = st.text_input(
                f"Values{unit}",
                value=listed_points(feature, offered),
                key=f"sweep_values:{version_id}:{name}:{count}",
                help="Evenly over the plausible range (1 to 99 % of the registry, within what needs no confirmation), "
                "with the recorded value among them. Change them as you like.",
            )
            chosen = read_points(feature, text)
        else:
            chosen = points(feature, now.cohort, recorded, count)
            listed = ", ".join(feature.text(value) for value in chosen)
            st.caption(f"Through: {inert(listed)}")
    except CReasonError as error:
        st.error(inert(str(error)), icon=":material/block:")
        why_not = error.message
    places: list[Values] = [{} if feature.text(value) == feature.text(recorded) else {name: value} for value in chosen]
    hide: tuple[str, ...] = ()
    if not why_not:
        hide, why_not = _stale(now, places)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        samples = samples_row("sweep_samples", (1, 5, 10), 5)
        run_button(
            now,
            "Sweep",
            partial(start, now, "sweep", tuple(places), samples, hidden=hide, more={"name": name}),
            key="sweep_run",
            what=f"sweep:{version_id}:{name}:{chosen}:{samples}",
            why_not=why_not,
        )
        st.caption(estimate(now, len(places), samples), width="content")


def _stale(now: Trying, places: list[Values]) -> tuple[tuple[str, ...], str]:
    """What is hidden at every point because it tells of the recorded value, and why a sweep cannot be seen."""
    assert now.target is not None
    values = next((one for one in places if one), None)
    if values is None:
        return (), "Every point is the recorded value."
    try:
        copy = suppose(now.version.case, values, now.cohort, asked=now.target.feature)
        pair(now.target, now.version.case, copy.case, now.cohort, copy.stale)
    except CReasonError as error:
        st.error(inert(str(error)), icon=":material/block:")
        return (), error.message
    stale = now.still_shown(copy.stale)
    if stale or copy.follows:
        said = [f"worked out anew at each point: {now.label(one.feature)}" for one in copy.follows]
        said += [f"hidden at every point, since it is worked out from it: {now.label(one)}" for one in stale]
        st.caption(f":material/calculate: {inert('; '.join(said))}")
    return copy.stale, ""


def _value(now: Trying, shown: Shown, values: Values) -> float | str:
    name = shown.plan["name"]
    return values.get(name, now.version.case.by_feature[name].value)


def _words(now: Trying, shown: Shown, values: Values) -> str:
    text = shown_value(now.codebook.feature(shown.plan["name"]), _value(now, shown, values))
    return text if values else f"{text} (recorded)"


def _lines(now: Trying, shown: Shown, texts: dict[int, str]) -> None:
    tried = [shown.tried.get(place) for place in texts]
    done = [one for one in tried if one is not None and one.judged]
    if not done:
        return
    options = lettered(now, done[0])
    feature, name = now.codebook.feature(shown.plan["name"]), shown.plan["name"]
    found = iter(boosting_of(now, [one for one in tried if one is not None]))
    level_words = told_apart(feature.level_labels, feature.text)  # two of one label would be one place of the chart
    drawn = []
    for (place, text), one in zip(texts.items(), tried, strict=True):
        boosting = next(found) if one is not None else None
        vote = vote_of(one, len(options)) if one is not None and one.judged else None
        value = _value(now, shown, shown.plan["places"][place])
        label = level_words(value) if isinstance(value, str) else text
        drawn.append(_point(value, label, vote, boosting, options))
    one_model(done)
    _shape_words(drawn, options, shown.plan["samples"], feature)
    if weak := sum(
        bool(vote.winner is not None and vote.abstains) for vote in (vote_of(one, len(options)) for one in done)
    ):
        st.caption(
            f"At {weak} of {len(done)} points the answer leads and no more: too few samples agree to suggest it."
        )
    key = f"sweep_shown:{shown.series.id}"
    reference = (feature.reference.low, feature.reference.high) if feature.reference else (None, None)
    recorded = now.version.case.by_feature[name].value
    axis = SweepAxis(
        f"{feature.label}{f' ({feature.unit_label})' if feature.numeric and feature.unit_label else ''}",
        level_words(recorded) if isinstance(recorded, str) else recorded,
        reference,
    )
    with st.container(border=True, key="sweep_figure", gap="small"):
        if feature.numeric:
            st.caption("Dashed line: the recorded value" + ("; band: the reference range" if feature.reference else ""))
        sweep_chart(
            drawn,
            options,
            axis,
            samples=shown.plan["samples"],
            key=f"sweep_{shown.series.id}_{len(done)}",
            on_choose=lambda place: st.session_state.update({key: place}),
        )
    judged = [place for place, one in enumerate(tried) if one is not None and one.judged]
    if st.session_state.get(key) not in judged:
        st.session_state[key] = judged[0]
    chosen = st.segmented_control(
        "A point opens its text", judged, format_func=told_apart(judged, lambda one: texts[one]), required=True, key=key
    )
    opened = tried[judged[0] if chosen is None else int(chosen)]
    if opened is not None:
        text_of(opened, options)


def _point(
    value: float | str,
    text: str,
    vote: Vote | None,
    boosting: Probabilities | None,
    options: tuple[tuple[str, str], ...],
) -> SweepPoint:
    several = vote is not None and vote.samples > 1  # one sample has no interval
    return SweepPoint(
        x=None if isinstance(value, str) else value,
        text=text,
        model=tuple(share.share for share in vote.shares) if vote else None,
        low=tuple(share.interval.low if several else share.share for share in vote.shares) if vote else (),
        high=tuple(share.interval.high if several else share.share for share in vote.shares) if vote else (),
        boosting=boosting,
        answer=answer_words(vote, options) if vote else "no answer yet",
    )


def _shape_words(drawn: list[SweepPoint], options: tuple[tuple[str, str], ...], samples: int, feature: Feature) -> None:
    """Draws where the answer turns, and, of a value with an order, how the share goes along it."""
    answers = [point.answer if point.model and "no option" not in point.answer else None for point in drawn]
    places = {answer: place for place, answer in enumerate(dict.fromkeys(one for one in answers if one))}
    at = turns([places[one] if one else None for one in answers])
    if not any(answers):
        return
    if not at:
        st.markdown(f"#### The answer is the same at every point: {inert(next(one for one in answers if one))}")
    else:
        said = []
        for place in at:
            later = next(k for k in range(place + 1, len(drawn)) if answers[k])
            said.append(
                f"from {answers[place]} to {answers[later]} between {drawn[place].text} and {drawn[later].text}"
            )
        if len(said) == 1:
            st.markdown(f"#### The answer changes {inert(said[0])}")
        else:
            st.markdown(f"#### The answer changes {len(said)} times")
            st.markdown("\n".join(f"- {inert(one)}" for one in said))
    if feature.ordered and len([one for one in drawn if one.model]) > 2:
        option = steepest([one.model or (None,) * len(options) for one in drawn])
        how = shape([one.model[option] if one.model else None for one in drawn], samples)
        letter = options[option][0]
        words = {
            "stays": f"No share moves along {feature.label} by more than one sample.",
            "rises": f"The share of {letter} rises along {feature.label}.",
            "falls": f"The share of {letter} falls along {feature.label}.",
            "not monotone": f"The share of {letter} is not monotone: along {feature.label} it goes up and down again.",
        }
        st.markdown(inert(words[how]))
