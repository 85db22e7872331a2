"""A GRPO run as it goes, in the terminal: reward, answers, length, what could be won."""

import sys
from collections.abc import Mapping
from typing import Any

Entry = Mapping[str, Any]


class Terminal:
    """One line a logged step: what ``training.grpo.train`` has the trainer call."""

    def on_log(self, _args: Any, state: Any, _control: Any, logs: Entry | None = None, **_: Any) -> None:
        """Writes the line, in the first process only."""
        if state.is_world_process_zero and logs and "reward" in logs:
            sys.stdout.write(line(logs, state.global_step, state.max_steps) + "\n")
            sys.stdout.flush()


def line(logs: Entry, step: int, steps: int) -> str:
    """The figures of one step that say whether it learns."""
    return (
        f"step {step}/{steps}  reward {logs['reward']:.3f}  correct {logs['rewards/correct/mean']:.3f}  "
        f"answered {100 * logs['answered']:.0f} %  length {logs['completions/mean_length']:.0f}  "
        f"nothing to learn {100 * logs['frac_reward_zero_std']:.0f} %  loss {logs['loss']:.4f}  "
        f"{logs.get('step_time', 0.0):.1f} s"
    )
