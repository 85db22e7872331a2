"""Training C-Reason: rationales for a warm start, then reinforcement on verifiable answers."""

import warnings

# TRL names the vLLM releases that its own client was tried with; C-Reason sends to vLLM itself
# (``training.rl.rollouts``).
warnings.filterwarnings("ignore", "TRL currently supports vLLM versions", UserWarning)
