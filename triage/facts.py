"""Facts that people tell beside their signs: the entities, with the labels that stand in a summary."""

FACTS = {
    "age": "Age",
    "side": "Side",
    "duration": "How long",
    "frequency": "How often",
    "occasion": "When",
}
"""Labels by entity, in the order of a summary. Their values are the person's own words."""

BACKGROUND_LABEL = "You spoke of"
