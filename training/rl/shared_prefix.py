"""A GRPO trainer that reads each prompt once for its whole group of completions.

TRL 1.16 scores every completion behind a prompt of its own. A record has several hundred tokens and a completion
fewer than a hundred, so most of a step is spent on the same prompt again and again, forward and backward. Here the
prompt and all completions of its group are one sequence, in which a completion sees the prompt and itself;
log-probabilities and gradients are the same but for rounding (``tests/training/test_shared_prefix.py``). A batch in
which every completion earned what the others of its group earned is not read at all: it has no gradient.

For text, one process and weights that are not sharded; on a GPU TRL's own way is as good where prompts are short.
"""

from typing import Any

from training.trainer.settings import Grpo
from training.trainer.trl_patches import keep_groups_together


def trainer_class(config: Grpo) -> Any:
    """TRL's trainer, or the one here where the settings say ``share_prompts``."""
    from trl import GRPOTrainer

    return shared_trainer() if config.share_prompts else GRPOTrainer


def shared_trainer() -> Any:
    """The trainer class. From now on, TRL leaves a generation's completions in their groups in this process."""
    import torch
    import trl.trainer.grpo_trainer as trl_grpo

    keep_groups_together()

    class SharedPrefixTrainer(trl_grpo.GRPOTrainer):  # type: ignore[misc]
        def _compute_loss(self, model: Any, inputs: Any) -> Any:
            # Completions that all earned the same have no gradient, unless something else pulls at them.
            if self.beta == 0.0 and not inputs["advantages"].any():
                return 0.0 * next(one for one in model.parameters() if one.requires_grad).sum()
            return super()._compute_loss(model, inputs)

        def _get_per_token_logps_and_entropies(
            self, model: Any, input_ids: Any, attention_mask: Any, logits_to_keep: int, *_: Any, **__: Any
        ) -> tuple[Any, Any, None]:
            plain = self.accelerator.unwrap_model(model)
            plain = plain.get_base_model() if hasattr(plain, "get_base_model") else plain
            rows = torch.cat([input_ids[:, :-logits_to_keep], attention_mask[:, :-logits_to_keep]], dim=1)
            # Rows of one group stand together: the prompt changes where a row differs from the one before.
            counts = torch.unique_consecutive(rows, dim=0, return_counts=True)[1].tolist()
            logps, entropies, start = [], [], 0
            for count in counts:
                group = slice(start, start + count)
                with self.accelerator.autocast():
                    found = _of_group(plain, input_ids[group], attention_mask[group], logits_to_keep, self.temperature)
                logps.append(found[0])
                entropies.append(found[1])
                start += count
            return torch.cat(logps), torch.cat(entropies), None

    return SharedPrefixTrainer


def _of_group(model: Any, ids: Any, mask: Any, keep: int, temperature: float) -> tuple[Any, Any]:
    """Log-probabilities and entropies (nats; 0 where padded) of the last ``keep`` tokens of rows with one prompt.

    The prompt is padded on the left, the completions on the right. What is computed is one sequence without padding:
    the prompt, then all completions but their last tokens, each seeing the prompt and itself. The last token of the
    prompt scores the first of every completion.
    """
    import torch

    prompt = ids[0, :-keep][mask[0, :-keep].bool()]
    written, there = ids[:, -keep:], mask[:, -keep:].bool()
    go_on = there[:, 1:]  # the tokens that a further one follows
    whose = torch.arange(1, len(ids) + 1, device=ids.device)[:, None].expand_as(go_on)[go_on]
    where = torch.arange(len(prompt), len(prompt) + keep - 1, device=ids.device).expand_as(go_on)[go_on]
    owner = torch.cat([whose.new_zeros(len(prompt)), whose])
    place = torch.cat([torch.arange(len(prompt), device=ids.device), where])
    seen = (owner[None] == 0) | (owner[:, None] == owner[None])
    seen &= place[None] <= place[:, None]
    dtype = model.get_input_embeddings().weight.dtype
    hidden = model.base_model(
        input_ids=torch.cat([prompt, written[:, :-1][go_on]])[None],
        attention_mask=torch.where(seen, 0.0, torch.finfo(dtype).min).to(dtype)[None, None],
        position_ids=place[None],
        use_cache=False,
    ).last_hidden_state[0]
    source = torch.full(there.shape, len(prompt) - 1, device=ids.device)
    source[:, 1:][go_on] = torch.arange(len(prompt), len(owner), device=ids.device)
    scores = model.get_output_embeddings()(hidden[source[there]]).float() / temperature
    shares = scores.log_softmax(dim=-1)
    logps = shares.gather(1, written[there][:, None])[:, 0]
    with torch.no_grad():
        entropies = -(shares.exp() * shares).sum(dim=-1)
    empty = torch.zeros(there.shape, dtype=logps.dtype, device=ids.device)
    return empty.masked_scatter(there, logps), empty.masked_scatter(there, entropies)
