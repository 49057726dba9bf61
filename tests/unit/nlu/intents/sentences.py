"""A small data set for the kernel classifier: four intents, one of them out of scope, with made-up embeddings."""

import numpy as np

INTENTS = {
    "ice": ["put ice on it", "is ice good", "a cold pack", "frozen peas on the knee", "ice or heat", "cold water"],
    "walk": [
        "can i walk",
        "may i go running",
        "walking the dog",
        "a run in the park",
        "jogging with it",
        "go for walks",
    ],
    "pills": ["which tablet", "pain killers", "take a pill", "are tablets safe", "medicine for it", "pills at night"],
    "foreign": ["the weather today", "tell a joke", "football score", "order a pizza", "who is the king", "play music"],
}
TEXTS = [text for texts in INTENTS.values() for text in texts]
LABELS = [intent for intent, texts in INTENTS.items() for _ in texts]


def embeddings(texts, seed=0):
    """Returns float (n, 16), of length 1: a direction for each intent, and some noise."""
    noise = np.random.default_rng(seed)
    centres = {intent: np.eye(16)[number] for number, intent in enumerate(INTENTS)}
    rows = np.array([centres[LABELS[TEXTS.index(text)]] for text in texts]) + noise.normal(0, 0.15, (len(texts), 16))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
