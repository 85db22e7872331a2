"""What is changed in TRL 1.16, for the rest of a process."""


def skip_unscored_logits() -> None:
    """Has TRL score only the tokens that count in the loss, on a processor as on a GPU.

    TRL scores every position wherever there is no Triton, for the sake of devices that compile for each shape. A
    processor does not, and most positions are the prompt's: with records of 430 tokens, 50 of them scored, a step of
    four took 4.5 s with every position and 3.5 s with those (two threads, SmolLM2-135M).
    """
    import trl.trainer.utils

    trl.trainer.utils._use_triton = lambda _: True


def keep_groups_together() -> None:
    """Has TRL leave the completions of one prompt beside each other.

    TRL shuffles them, so that a batch holds completions of several prompts; with a loss that divides by a constant
    (``dr_grpo``) the gradient of a step does not depend on that.
    """
    import trl.trainer.grpo_trainer

    trl.trainer.grpo_trainer.shuffle_sequence_dict = lambda batch: batch
