"""Which positions TRL puts through the vocabulary."""


def score_only_what_counts() -> None:
    """Has TRL score only the tokens that count in the loss, on a processor as on a GPU, for the rest of this process.

    TRL 1.16 scores every position wherever there is no Triton, for the sake of devices that compile for each shape. A
    processor does not, and most positions are the prompt's: with records of 430 tokens, 50 of them scored, a step of
    four took 4.5 s with every position and 3.5 s with those (two threads, SmolLM2-135M).
    """
    import trl.trainer.utils

    trl.trainer.utils._use_triton = lambda _: True
