"""The embedded model without our code: ``model.generate`` in a child of the same kind, timed from inside.

    python -m tests.bench.bare_generate FOLDER

Reads lines "rows tokens" from stdin, writes the seconds that each generation took.
"""

import os
import sys
import time
from pathlib import Path

from creason_core.engines.child import end_with_parent
from tests.bench.engine_request import MESSAGES, TEMPERATURE


def main(folder: Path) -> None:
    """Serves one generation a line."""
    end_with_parent()
    os.nice(5)
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16, local_files_only=True).eval()
    messages = [{"role": message.role, "content": message.content} for message in MESSAGES]
    prompt = tokenizer.apply_chat_template(messages, continue_final_message=True, return_tensors="pt", return_dict=True)
    for line in sys.stdin:
        rows, tokens = (int(word) for word in line.split())
        began = time.perf_counter()
        with torch.inference_mode():
            model.generate(
                **prompt,
                min_new_tokens=tokens,
                max_new_tokens=tokens,
                num_return_sequences=rows,
                do_sample=True,
                temperature=TEMPERATURE,
                top_k=0,
                top_p=1.0,
            )
        print(time.perf_counter() - began, file=out, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
