"""Fine-tunes the language model on the labelled messages and writes ``models/knee-nlu/`` (``make finetune``).

Method and first figures: all-MiniLM-L6-v2 with a finding head and an assertion head on every token, and a head for
the findings present and one for the intent on the message; binary cross-entropy with positive weight 3 for the
findings, cross-entropy on the tokens inside spans, and cross-entropy for the intent; AdamW, 8e-5 for the encoder and
2e-3 for the heads, one cycle. A fifth head learns to give back how the base encoder embeds the clean text
(knowledge distillation), from the intents' examples and from words picked at random.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import BertWordPieceTokenizer, Encoding
from torch import Tensor, nn

from nlu.encoder.model import MAX_SUBWORD_TOKENS
from nlu.training import export
from nlu.training.augment import Augmenter
from nlu.training.corpus import (
    LabelledMessage,
    example_phrases,
    is_validation,
    read_corpus,
    read_intents,
    unlabelled_message,
)
from nlu.training.network import KneeNetwork, base_encoder, base_folder, mean_embedding
from triage.findings import ASSERTIONS, vocabulary

EPOCHS = 4
BATCH = 32
INTENT_BATCH = 16
ENCODER_RATE = 8e-5
HEAD_RATE = 2e-3
POSITIVE_WEIGHT = 3.0
DISTILLATION_SHARE = 2.0
"""What the cosine distance from the base encoder's embedding counts for in the loss."""

INTENT_SHARE = 0.5
"""What the intent counts for in the loss."""

INTENT_SCALE = 4.0
"""Inverse temperature of the intent head: its input has length 1, so its own scores are too close to each other."""

RANDOM_BATCH = 8
"""Strings of random words in each step, so that the general head learns more words than knees bring along."""

MESSAGE_SHARE = 0.5
"""What the findings of the message as a whole count for beside those of its words."""

NO_FINDING_INTENTS = frozenset({"out_of_scope", "greet", "goodbye", "thank", "bot_challenge", "ask_capabilities"})
"""Intents whose examples report nothing: they teach the finding head to keep still."""

ORDINARY_INTENTS = frozenset({"stop", "restart", "forget_me", "affirm", "deny", "unsure", "start_check"})
"""Beside the questions (``ask_…``): messages that carry no dangerous symptom, whatever else they mention."""

ORDINARY_SHARE = 0.35
"""Share of the everyday questions in an epoch; without them the model sees dangers in plain questions."""

_BUCKETS_OF = 24
_NO_ASSERTION = -100
_MENTIONED_IN_PASSING = frozenset(
    {
        "spasm_present", "spasm_painful", "spasm_frequent", "spasm_over_2_weeks", "spasm_disturbs_sleep",
        "spasm_affects_life", "night_only_cramp", "area_stiff", "muscle_twitches_with_cramps", "hard_exertion",
        "heat_exposure", "back_pain", "calf_pain", "knee_gives_way",
    }
)  # fmt: skip


def main() -> None:
    """Trains, measures on the validation split, exports and quantises."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("models/knee-nlu"), help="where the model goes")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--start-from", type=Path, help="weights to go on from, instead of the base weights")
    parser.add_argument("--rate", type=float, default=1.0, help="factor on the learning rates")
    parser.add_argument("--share", type=float, default=1.0, help="share of the messages used in an epoch")
    parser.add_argument(
        "--checkpoint", type=Path, default=Path(".scratch/knee-nlu.pt"), help="weights after each epoch"
    )
    options = parser.parse_args()
    started = time.time()
    trainer = Trainer(options.seed, rate=options.rate, share=options.share)
    if options.start_from:
        trainer.network.load_state_dict(torch.load(options.start_from), strict=False)  # a head may be new
    for epoch in range(options.epochs):
        loss = trainer.run_epoch(options.epochs)
        options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        torch.save(trainer.network.state_dict(), options.checkpoint)
        print(
            f"epoch {epoch + 1} of {options.epochs}: loss {loss:.3f}, {(time.time() - started) / 60:.0f} min",
            flush=True,
        )
    export.write_model(trainer.network, trainer.findings, options.folder, seed=options.seed, epochs=options.epochs)


class Trainer:
    """Holds data, network and optimiser of one run."""

    def __init__(self, seed: int, rate: float = 1.0, share: float = 1.0) -> None:
        """Reads the data and builds the network.

        Args:
            seed: all random choices are drawn from it.
            rate: factor on the learning rates.
            share: share of the messages used in an epoch; of everyday questions a third of it.
        """
        self._rate, self._share = rate, share
        random.seed(seed)
        torch.manual_seed(seed)
        self._random = random.Random(seed)  # noqa: S311
        self._augmenter = Augmenter(seed)
        self.findings = list(vocabulary())
        self._number_of = {finding: number for number, finding in enumerate(self.findings)}
        intents = read_intents()
        self._intents = sorted({intent for _, intent in intents})
        silent = [unlabelled_message(text) for text, intent in intents if intent in NO_FINDING_INTENTS and text.split()]
        self._ordinary = [
            unlabelled_message(text, is_ordinary=True)
            for text, intent in intents
            if intent.startswith("ask_") or intent in ORDINARY_INTENTS
        ]
        self._messages = [m for m in read_corpus() if not is_validation(m)] + list(example_phrases()) + silent
        self._dangerous = torch.tensor([float(_is_dangerous_symptom(finding)) for finding in self.findings])
        self._intent_examples = intents
        self._tokeniser = BertWordPieceTokenizer(str(base_folder() / "vocab.txt"), lowercase=True)
        self._tokeniser.enable_truncation(MAX_SUBWORD_TOKENS)
        self._words = [
            word for word in self._tokeniser.get_vocab() if len(word) > 2 and word.isascii() and word.isalpha()
        ]
        self._words.sort()
        self._base = base_encoder().eval()
        self.network = KneeNetwork(len(self.findings), len(ASSERTIONS), len(self._intents))
        heads = [p for name, p in self.network.named_parameters() if not name.startswith("encoder")]
        self._optimiser = torch.optim.AdamW(
            [
                {"params": self.network.encoder.parameters(), "lr": ENCODER_RATE * rate},
                {"params": heads, "lr": HEAD_RATE * rate},
            ],
            weight_decay=0.01,
        )
        self._schedule: torch.optim.lr_scheduler.OneCycleLR | None = None

    def run_epoch(self, epochs: int) -> float:
        """Goes once through the messages.

        Args:
            epochs: how many epochs the run has; the first one lays out the learning rate over all of them.

        Returns:
            The mean loss of a step.
        """
        self.network.train()
        chosen = self._random.sample(self._messages, round(self._share * len(self._messages)))
        chosen += self._random.sample(
            self._ordinary, round(min(1.0, self._share * ORDINARY_SHARE) * len(self._ordinary))
        )
        varied = [self._augmenter.vary(message, chosen) for message in chosen]
        batches = list(self._batches(varied))
        if self._schedule is None:
            self._schedule = torch.optim.lr_scheduler.OneCycleLR(
                self._optimiser,
                max_lr=[ENCODER_RATE * self._rate, HEAD_RATE * self._rate],
                total_steps=len(batches) * epochs + epochs,
                pct_start=0.1,
            )
        losses = []
        for number, batch in enumerate(batches):
            loss = self._finding_loss(batch) + self._intent_loss()
            self._optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self._optimiser.step()
            self._schedule.step()
            losses.append(float(loss.detach()))
            if number % 50 == 0:
                print(f"  step {number} of {len(batches)}: {np.mean(losses[-50:]):.3f}", flush=True)
        return float(np.mean(losses))

    def _batches(self, messages: list[LabelledMessage]) -> Iterator[list[LabelledMessage]]:
        """Yields batches of messages of like length, in random order."""
        self._random.shuffle(messages)
        batches = []
        for first in range(0, len(messages), BATCH * _BUCKETS_OF):
            bucket = sorted(messages[first : first + BATCH * _BUCKETS_OF], key=lambda m: len(m.text))
            batches += [bucket[start : start + BATCH] for start in range(0, len(bucket), BATCH)]
        self._random.shuffle(batches)
        yield from batches

    def _finding_loss(self, batch: Sequence[LabelledMessage]) -> Tensor:
        encodings = [self._tokeniser.encode(list(message.words), is_pretokenized=True) for message in batch]
        ids, mask = padded(encodings)
        found = torch.zeros(*ids.shape, len(self.findings))
        asserted = torch.full(ids.shape, _NO_ASSERTION)
        reported = torch.zeros(len(batch), len(self.findings))
        for row, (message, encoding) in enumerate(zip(batch, encodings, strict=True)):
            for column, word in enumerate(encoding.word_ids):
                for finding, assertion in message.labels[word] if word is not None else ():
                    found[row, column, self._number_of[finding]] = 1.0
                    if assertion == "present":
                        reported[row, self._number_of[finding]] = 1.0
                    known = asserted[row, column]
                    number = ASSERTIONS.index(assertion)
                    # a word of several findings has one assertion head: "present", the first, goes before the others
                    asserted[row, column] = number if known == _NO_ASSERTION else min(int(known), number)
        states = self.network.states(ids, mask)
        inside = mask.bool()
        counted = torch.ones(len(batch), 1, len(self.findings))
        # everyday questions are not labelled: only the dangerous symptoms are known to be absent from them
        counted[torch.tensor([message.is_ordinary for message in batch])] = self._dangerous
        by_word = _losses(self.network.finding_head(states.last)[inside], found[inside])
        by_message = _losses(self.network.message_log_odds(states), reported)
        finding_loss = (by_word * counted.expand(-1, ids.shape[1], -1)[inside]).sum() / inside.sum()
        finding_loss = finding_loss + MESSAGE_SHARE * (by_message * counted[:, 0]).sum() / len(batch)
        if not bool((asserted != _NO_ASSERTION).any()):
            return finding_loss
        return finding_loss + nn.functional.cross_entropy(
            self.network.assertion_head(states.last).flatten(0, 1), asserted.flatten(), ignore_index=_NO_ASSERTION
        )

    def _intent_loss(self) -> Tensor:
        chosen = self._random.sample(self._intent_examples, INTENT_BATCH)
        texts = []
        for text, _ in chosen:
            misspelt = self._random.random() < 0.3
            texts.append(" ".join(map(self._augmenter.misspell, text.split())) if misspelt else text)
        random_texts = [
            " ".join(self._random.sample(self._words, self._random.randint(1, 12))) for _ in range(RANDOM_BATCH)
        ]
        ids, mask = padded([self._tokeniser.encode(text) for text in (*texts, *random_texts)])
        states = self.network.states(ids, mask)
        target = torch.tensor([self._intents.index(intent) for _, intent in chosen])
        intent_scores = self.network.intent_head(mean_embedding(states.last, mask)[: len(chosen)])
        general = self.network.general_embedding(states, mask)
        clean, clean_mask = padded([self._tokeniser.encode(text) for text in (*(t for t, _ in chosen), *random_texts)])
        with torch.no_grad():
            base = mean_embedding(self._base(input_ids=clean, attention_mask=clean_mask).last_hidden_state, clean_mask)
        cosine_distance = 1.0 - (general * base).sum(-1).mean()
        intent_loss = nn.functional.cross_entropy(intent_scores * INTENT_SCALE, target)
        return INTENT_SHARE * intent_loss + DISTILLATION_SHARE * cosine_distance


def _losses(log_odds: Tensor, target: Tensor) -> Tensor:
    return nn.functional.binary_cross_entropy_with_logits(
        log_odds, target, pos_weight=torch.tensor(POSITIVE_WEIGHT), reduction="none"
    )


def _is_dangerous_symptom(finding: str) -> bool:
    """Tells findings that everyday questions are known not to report from those that they may mention in passing."""
    return vocabulary()[finding].kind == "symptom" and finding not in _MENTIONED_IN_PASSING


def padded(encodings: Sequence[Encoding]) -> tuple[Tensor, Tensor]:
    """Returns subword tokens and mask, both of shape (messages, longest)."""
    longest = max(len(encoding.ids) for encoding in encodings)
    ids = torch.zeros(len(encodings), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = torch.tensor(encoding.ids)
        mask[row, : len(encoding.ids)] = 1
    return ids, mask


if __name__ == "__main__":
    main()
