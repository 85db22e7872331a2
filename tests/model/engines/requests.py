"""The requests of the contract test; the replay engine knows the model's recorded replies to exactly these."""

from dataclasses import replace

from creason_core.model.engines.base import GenerationRequest, Message

CASE = Message("user", "A septic patient has a MAP of 43 mmHg. Is the lactate low or high? Explain.")
STEPS = Message("assistant", "Let's think step by step.")
SHORT = GenerationRequest((CASE, STEPS), max_tokens=24, temperature=0.8, seed=11)
SAMPLES = tuple(replace(SHORT, seed=SHORT.seed + k) for k in range(4))
GREEDY = replace(SHORT, temperature=0.0)
COUNTING = GenerationRequest(
    (Message("user", "Count to twenty."), Message("assistant", "1, 2, 3, 4, 5, 6, 7,")), 12, 0.0, 0
)
UNICODE = GenerationRequest((Message("user", "Repeat the same symbol."), Message("assistant", "🙂" * 10)), 16, 0.0, 0)
LONG = replace(SHORT, max_tokens=300, seed=5)
REQUESTS = (*SAMPLES, COUNTING, UNICODE, LONG)
LETTERS = ("A", "B", "C")
TO_LETTERS = (Message("user", "MAP 43 mmHg. Lactate: A. low B. normal C. high"), Message("assistant", "It is \\boxed{"))
