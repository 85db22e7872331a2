"""What a GRPO run would do, said without doing it: arguments, questions, lengths, steps, memory. Needs no GPU."""

from collections.abc import Iterator
from typing import Any

from creason_core.errors import SettingsError
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from training.data.questions import ChosenRows, choose, lengths
from training.rl.grpo_args import DEFAULTS, OF_A_SERVER, arguments, step_plan
from training.rl.memory import GB, estimate, serving, shape_of, trained
from training.trainer.settings import Grpo
from training.trainer.weights import load_tokenizer

ALWAYS = ("bf16", "steps_per_generation", "generation_batch_size", "use_vllm", "vllm_mode", "reward_weights")


def report(config: Grpo) -> str:
    """The whole account, for a terminal.

    Raises:
        CReasonError: The run could not start, whatever the machine.
    """
    trl_args = arguments(config, dry=True)
    tokenizer, whose = _tokenizer(config)
    chosen = choose(config, tokenizer)
    return "\n".join(
        (
            *_settings(config),
            *_arguments(config, trl_args),
            *_questions(chosen, trl_args, whose),
            *_memory(config, trl_args, chosen),
            *_missing(config),
        )
    )


def _tokenizer(config: Grpo) -> tuple[Any, str]:
    """The model's tokenizer; where only a shape is at hand, the embedded model's, and the name of whose it is."""
    try:
        return load_tokenizer(config.model), config.model
    except SettingsError:
        if config.shape is None:
            raise
        here = settings().embedded_model
        return load_tokenizer(str(model_folder(settings()))), f"{here}, as {config.model} is not here"


def _settings(config: Grpo) -> Iterator[str]:
    yield "Settings"
    for name, value in config.model_dump(mode="json", exclude={"trl"}).items():
        yield f"  {name}: {value}"


def _arguments(config: Grpo, trl_args: Any) -> Iterator[str]:
    yield "Arguments of TRL, for all processes together" if config.processes > 1 else "Arguments of TRL"
    for name in sorted({*DEFAULTS, *OF_A_SERVER, *config.trl, *ALWAYS}):
        yield f"  {name}: {getattr(trl_args, name)}"


def _questions(chosen: ChosenRows, trl_args: Any, whose: str) -> Iterator[str]:
    rows, plan = chosen.rows, step_plan(trl_args, len(chosen.rows))
    features = len({row.masked_feature for row in rows})
    yield f"Questions: {len(rows):,} about {features} features of {chosen.about.cohort}, training patients"
    for why, count in chosen.left_out.items():
        yield f"  left out, {why}: {count:,}"
    median, most, longest = lengths(rows)
    yield f"Prompts: median {median:,} tokens, 95 % up to {most:,}, longest {longest:,} (tokens of {whose})"
    if plan.steps < 1:
        raise SettingsError(
            f"{len(rows)} questions do not fill one step.", remedy="Give more questions, or a smaller batch."
        )
    completions = plan.prompts * plan.group
    yield (
        f"Steps: {plan.steps:,} of {plan.prompts} prompts × {plan.group} completions = {completions}, "
        f"at most {trl_args.max_completion_length:,} tokens each"
    )


def _memory(config: Grpo, trl_args: Any, chosen: ChosenRows) -> Iterator[str]:
    shape, longest = shape_of(config), lengths(chosen.rows)[2]
    share = trained(shape, config) / shape.parameters
    yield f"Model: {shape.architecture}, {shape.parameters:,} parameters, {100 * min(share, 1):.3g} % as many trained"
    parts = estimate(shape, config, trl_args, longest)
    yield f"Memory of each of {config.processes} training processes, estimated (training/rl/memory.py has the formula)"
    for name, size in parts.items():
        yield f"  {name}: {size / GB:.2f} GB"
    yield f"  together: {sum(parts.values()) / GB:.2f} GB, and some GB of libraries on a GPU"
    if served := serving(shape, config, trl_args, longest):
        yield f"Memory of the vLLM server, weights and one generation's cache: {served / GB:.2f} GB"


def _missing(config: Grpo) -> Iterator[str]:
    if config.start is not None and not config.start.is_dir():
        yield f"Not there yet: {config.start}, the adapter to start from"
    if config.shape is not None:
        yield f"The shape is that of {config.shape}; for the run itself the weights of {config.model} must be there"
