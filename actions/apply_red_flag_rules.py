"""Applies the red-flag rules to the whole conversation."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.ask_about_finding import ask_about_unclear
from actions.tracker_view import Events, TrackerView
from actions.wording import advice, dangers, finding_names
from triage.clarification import driving_finding
from triage.contract import ESCALATION_INTENTS, Intent, QuestionKind, Slot
from triage.help_lines import crisis_lines, emergency_number, poison_lines
from triage.rules import CRISIS, ESCALATING_TIERS, POISON, Rule, rank

_EMERGENCY = "emergency_now"
_EXPECTED = {"spasm_present", "spasm_painful"}
_RETRACTING_INTENTS = {Intent.DENY, Intent.TAKE_BACK, Intent.FORGET_ME, Intent.RESTART}
_DANGER_INTENTS = set(ESCALATION_INTENTS.values())
_ADVICE_TIERS = {"see_doctor_soon", "routine_gp"}


class ActionApplyRedFlagRules(Action):
    """Names the danger, says what to do and whom to call, asks the rule's follow-up question."""

    def name(self) -> str:
        return "action_apply_red_flag_rules"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Speaks where this message changed what is called for; returns the slot events.

        Dangers of the two highest tiers are told in full when they are new and kept in view as long
        as they are in force; advice of lower tiers is given once, when it changes.
        """
        return apply_rules(dispatcher, TrackerView(tracker))


def apply_rules(dispatcher: CollectingDispatcher, view: TrackerView) -> Events:
    """Does the work of `ActionApplyRedFlagRules`, for other actions too."""
    if view.case.now.pending_retractions:
        return _ask_whether_gone(dispatcher, view, view.case.now.pending_retractions[0])
    now = view.case.now.assessment
    new = _newly_matched(view)
    if now.tier in ESCALATING_TIERS:
        if not new and view.intent not in _DANGER_INTENTS:
            return _keep_danger_in_view(dispatcher, view)
        events = _tell_danger(dispatcher, view, new or now.rules)
        return events + view.open_question(*_ask_follow_up(dispatcher, view, now.rules))
    if now.tier in _ADVICE_TIERS and new:
        dispatcher.utter_message(
            response="utter_advice",
            noted=finding_names(view.case.now.present),
            what_to_do=advice(now.rules, view.country),
        )
    elif view.intent == Intent.REPORT_SYMPTOMS and set(view.case.now.present) - _EXPECTED:
        dispatcher.utter_message(response="utter_noted", noted=finding_names(view.case.now.present))
    else:
        return view.open_question(*ask_about_unclear(dispatcher, view))
    return view.open_question(*_ask_follow_up(dispatcher, view, now.rules))


def _ask_whether_gone(dispatcher: CollectingDispatcher, view: TrackerView, finding: str) -> Events:
    covered = [f for f in view.case.now.covered_by(finding) if f in view.case.now.present]
    dispatcher.utter_message(response="utter_confirm_gone", finding=finding_names(covered or [finding]))
    return view.open_question(finding, QuestionKind.RESOLVED)


def _newly_matched(view: TrackerView) -> tuple[Rule, ...]:
    now, before = view.case.now.assessment, view.case.before.assessment
    known = {rule.id for rule in (*before.rules, *before.lower_rules)}
    if rank(now.tier) < rank(before.tier):
        return now.rules
    return tuple(rule for rule in now.rules if rule.id not in known)


def _tell_danger(dispatcher: CollectingDispatcher, view: TrackerView, rules: tuple[Rule, ...]) -> Events:
    country = view.country
    events: Events = [SlotSet(Slot.HELP_REACHED, None)] if view.slot(Slot.HELP_REACHED) else []
    kinds = {rule.lines for rule in rules}
    others = [rule for rule in rules if rule.lines != CRISIS]
    if CRISIS in kinds:
        dispatcher.utter_message(response="utter_crisis_lines", lines=_as_list(crisis_lines(country)))
    if others:
        dispatcher.utter_message(
            response="utter_danger_named",
            danger=dangers(others),
            why=others[0].why,
            what_to_do=advice(others, country),
        )
    if POISON in kinds:
        dispatcher.utter_message(response="utter_poison_lines", lines=_as_list(poison_lines(country)))
    if view.case.now.assessment.tier != _EMERGENCY:
        return events
    dispatcher.utter_message(response="utter_emergency_number", line=emergency_number(country).line)
    if country is None and not view.slot(Slot.COUNTRY_ASKED):
        dispatcher.utter_message(response="utter_ask_country")
        events.append(SlotSet(Slot.COUNTRY_ASKED, True))
    return events


def _as_list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _keep_danger_in_view(dispatcher: CollectingDispatcher, view: TrackerView) -> Events:
    """Reminds of a danger told before; where the message was none we understand, asks whether it is still so."""
    if view.slot(Slot.HELP_REACHED):
        return view.open_question()
    rules = view.case.now.assessment.rules
    if rules[0].lines == CRISIS:
        lines = _as_list(crisis_lines(view.country))
        dispatcher.utter_message(response="utter_self_harm_in_view", lines=lines)
    else:
        what_to_do = advice(rules[:1], view.country)
        dispatcher.utter_message(response="utter_danger_in_view", danger=dangers(rules), what_to_do=what_to_do)
    finding = driving_finding(view.case.now)
    turn = view.case.turn
    answered = turn.asked_kind == QuestionKind.PRESENT or (turn.asked_kind is not None and turn.reply is not None)
    supported = view.case.now.assessment.supported_by(turn.reports("present"))
    if finding is None or answered or supported or view.intent not in _RETRACTING_INTENTS:
        return view.open_question()
    return _ask_whether_gone(dispatcher, view, finding)


def _ask_follow_up(
    dispatcher: CollectingDispatcher, view: TrackerView, rules: tuple[Rule, ...]
) -> tuple[str | None, str | None]:
    """Asks the first follow-up question that is still open; returns what a bare "yes" to it would confirm."""
    if view.case.clarification:
        return ask_about_unclear(dispatcher, view)
    for rule in rules:
        if rule.ask_first is None or rule.ask_first in view.case.questions_asked:
            continue
        if rule.ask_about is None:
            dispatcher.utter_message(response="utter_follow_up_in_words", question=rule.ask_first)
            return None, None
        if rule.ask_about not in view.case.now.present:
            dispatcher.utter_message(response="utter_follow_up", question=rule.ask_first)
            return rule.ask_about, QuestionKind.PRESENT
    return None, None
