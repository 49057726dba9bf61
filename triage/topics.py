"""The medical topics that the assistant answers, by intent, with the plain names that stand on buttons."""

from triage.contract import REPLIES, Intent

TOPICS = {
    "ask_definition": "What a spasm is",
    "ask_causes": "What causes it",
    "ask_cause_fatigue": "Tired muscles, sport",
    "ask_cause_dehydration": "Too little water",
    "ask_cause_nutrients": "Lack of minerals",
    "ask_cause_medication": "Is it my medicine?",
    "ask_cause_neurological": "Is it my nerves?",
    "ask_cause_other": "Other causes",
    "ask_symptoms": "What it feels like",
    "ask_duration": "How long it lasts",
    "ask_diagnosis": "Tests for it",
    "ask_when_to_see_doctor": "When to see a doctor",
    "ask_treatment": "What helps",
    "ask_relief_now": "Ease it now",
    "ask_hydration_nutrition": "Food and drink",
    "ask_stretching_exercise": "Stretches, exercise",
    "ask_massage_heat_cold": "Massage, heat, cold",
    "ask_medicines": "Medicines for it",
    "ask_physical_therapy": "Physiotherapy",
    "ask_underlying_conditions": "Illness behind it",
    "ask_prevention": "How to prevent it",
}
"""At most 20 characters each, which is what the narrowest channel shows."""

BUTTON_INTENTS = frozenset(
    {*TOPICS, *REPLIES, Intent.START_CHECK, Intent.FORGET_ME, Intent.ASK_HUMAN, Intent.ASK_CAPABILITIES}
)
"""The intents that our buttons lead to; no other payload is accepted when it is typed."""
