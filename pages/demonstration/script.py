"""The order of the steps."""

from pages.demonstration.steps import evidence, guideline, masking, opening, problem, voting, what_if, wrong_unit

STEPS = tuple(one.STEP for one in (problem, opening, wrong_unit, masking, what_if, evidence, guideline, voting))
BEATS = sum(len(step.beats) for step in STEPS)
