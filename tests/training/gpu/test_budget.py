"""A training under a fake clock ends in time and leaves a checkpoint every two minutes."""

from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace

import pytest

from training.gpu.budget import Budget


@dataclass
class Course:
    """A trainer with nothing but a clock: steps and checkpoints take seconds."""

    until: float
    step: float = 7.0
    saving: float = 3.0
    now: float = 100.0
    saves: list[float] = field(default_factory=list)

    def run(self, steps: int) -> Budget:
        budget = Budget(self.until, clock=lambda: self.now)
        self.now += 40  # loading
        budget.on_train_begin(None, None, None)
        for step in range(1, steps + 1):
            control = SimpleNamespace(should_training_stop=False, should_save=False)
            budget.on_step_begin(None, None, control)
            self.now += self.step
            budget.on_step_end(None, SimpleNamespace(global_step=step, max_steps=steps), control)
            if control.should_save:
                self.now += self.saving
                self.saves.append(self.now)
                budget.on_save(None, None, control)
            if control.should_training_stop:
                break
        budget.on_train_end(None, None, None)
        return budget


def test_a_checkpoint_is_begun_at_least_every_two_minutes_and_the_last_is_whole_in_time() -> None:
    course = Course(until=604.0)
    assert course.run(1_000).stopped == "the time was used up"
    assert course.now <= 604.0
    assert course.now > 604.0 - 2 * course.step - 2 * course.saving  # and little of it is given away
    starts = [140.0, *course.saves]
    assert all(later - course.saving - earlier <= 120 for earlier, later in pairwise(starts))
    assert course.saves[-1] == course.now


@pytest.mark.parametrize("step", [0.5, 30.0, 200.0])
def test_it_ends_in_time_however_long_a_step_takes(step: float) -> None:
    course = Course(until=1_000.0, step=step)
    course.run(10_000)
    assert course.now <= 1_000.0 + course.saving  # the first checkpoint's length is not known before it
    assert course.saves


def test_a_training_that_is_done_before_says_so_and_leaves_its_last_step() -> None:
    course = Course(until=1e6)
    assert course.run(3).stopped == "every step was done"
    assert course.saves == [course.now]
