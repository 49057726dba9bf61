"""Applies the red-flag rules to the whole conversation."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.sentences import advice, dangers
from actions.tracker_view import Conversation, Events, named
from triage.conversation import ASK_GONE, ASK_HAS
from triage.engine import assess
from triage.findings import vocabulary
from triage.help_lines import crisis_lines, emergency_number, poison_lines
from triage.rules import CRISIS, ESCALATING_TIERS, POISON, Rule, rank

_EMERGENCY = "emergency_now"
_GOES_WITHOUT_SAYING = {"spasm_present", "spasm_painful"}
_MAY_TAKE_BACK = {"deny", "take_back", "forget_me", "restart"}
_REPORTS_DANGER = {"report_emergency", "report_urgent"}
_SPEAKS_BELOW_ESCALATION = {"see_doctor_soon", "routine_gp"}


class ActionApplyRedFlagRules(Action):
    """Names the danger, says what to do and whom to call, asks the rule's follow-up question, records the tier."""

    def name(self) -> str:
        """Returns the action's name in the domain."""
        return "action_apply_red_flag_rules"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Speaks where this message changed what is called for; returns the slot events.

        Dangers of the two highest tiers are told in full when they are new and kept in view as long
        as they are in force; advice of lower tiers is given once, when it changes.
        """
        return apply_rules(dispatcher, Conversation(tracker))


class ActionAskAboutFinding(Action):
    """Asks one yes/no question about a danger that the message may report, before anything is answered."""

    def name(self) -> str:
        """Returns the action's name in the domain."""
        return "action_ask_about_finding"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Asks, and records what a bare "yes" would confirm."""
        conversation = Conversation(tracker)
        return conversation.record(*_ask_about_unclear(dispatcher, conversation))


def _ask_about_unclear(dispatcher: CollectingDispatcher, conversation: Conversation) -> tuple[str | None, str | None]:
    finding = conversation.now.unclear()
    if finding is None:
        return None, None
    tier = assess([*conversation.now.present, finding]).tier
    response = "utter_ask_danger" if tier == _EMERGENCY else "utter_ask_finding"
    dispatcher.utter_message(response=response, question=vocabulary()[finding].confirm)
    return finding, ASK_HAS


def apply_rules(dispatcher: CollectingDispatcher, conversation: Conversation) -> Events:
    """Does the work of `ActionApplyRedFlagRules`, for other actions too."""
    if conversation.now.contested:
        return _ask_whether_gone(dispatcher, conversation, conversation.now.contested[0])
    now = conversation.now.assessment
    new = _newly_matched(conversation)
    if now.tier in ESCALATING_TIERS:
        if not new and conversation.intent not in _REPORTS_DANGER:
            return _keep_danger_in_view(dispatcher, conversation)
        events = _tell_danger(dispatcher, conversation, new or now.rules)
        return events + conversation.record(*_ask_follow_up(dispatcher, conversation, now.rules))
    if now.tier in _SPEAKS_BELOW_ESCALATION and new:
        dispatcher.utter_message(
            response="utter_advice",
            noted=named(conversation.now.present),
            what_to_do=advice(now.rules, conversation.country),
        )
    elif conversation.intent == "report_symptoms" and set(conversation.now.present) - _GOES_WITHOUT_SAYING:
        dispatcher.utter_message(response="utter_noted", noted=named(conversation.now.present))
    else:
        return conversation.record(*_ask_about_unclear(dispatcher, conversation))
    return conversation.record(*_ask_follow_up(dispatcher, conversation, now.rules))


def _ask_whether_gone(dispatcher: CollectingDispatcher, conversation: Conversation, finding: str) -> Events:
    covered = [f for f in conversation.now.covered_by(finding) if f in conversation.now.present]
    dispatcher.utter_message(response="utter_confirm_gone", finding=named(covered or [finding]))
    return conversation.record(finding, ASK_GONE)


def _newly_matched(conversation: Conversation) -> tuple[Rule, ...]:
    now, before = conversation.now.assessment, conversation.before.assessment
    known = {rule.id for rule in (*before.rules, *before.lower_rules)}
    if rank(now.tier) < rank(before.tier):
        return now.rules
    return tuple(rule for rule in now.rules if rule.id not in known)


def _tell_danger(dispatcher: CollectingDispatcher, conversation: Conversation, rules: tuple[Rule, ...]) -> Events:
    country = conversation.country
    events: Events = [SlotSet("help_reached", None)] if conversation.slot("help_reached") else []
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
    if conversation.now.assessment.tier != _EMERGENCY:
        return events
    dispatcher.utter_message(response="utter_emergency_number", line=emergency_number(country).line)
    if country is None and not conversation.slot("country_asked"):
        dispatcher.utter_message(response="utter_ask_country")
        events.append(SlotSet("country_asked", True))
    return events


def _as_list(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _keep_danger_in_view(dispatcher: CollectingDispatcher, conversation: Conversation) -> Events:
    """Reminds of a danger told before; where the message was none we understand, asks whether it is still so."""
    if conversation.slot("help_reached"):
        return conversation.record()
    rules = conversation.now.assessment.rules
    if rules[0].lines == CRISIS:
        lines = _as_list(crisis_lines(conversation.country))
        dispatcher.utter_message(response="utter_self_harm_in_view", lines=lines)
    else:
        what_to_do = advice(rules[:1], conversation.country)
        dispatcher.utter_message(response="utter_danger_in_view", danger=dangers(rules), what_to_do=what_to_do)
    finding = conversation.now.supporting()
    turn = conversation.turn
    answered = turn.asked_kind == ASK_HAS or (turn.asked_kind is not None and turn.reply is not None)
    upheld = conversation.now.assessment.upheld_by(f for f, assertion in turn.findings if assertion == "present")
    if finding is None or answered or upheld or conversation.intent not in _MAY_TAKE_BACK:
        return conversation.record()
    return _ask_whether_gone(dispatcher, conversation, finding)


def _ask_follow_up(
    dispatcher: CollectingDispatcher, conversation: Conversation, rules: tuple[Rule, ...]
) -> tuple[str | None, str | None]:
    """Asks the first follow-up question that is still open; returns what a bare "yes" to it would confirm."""
    if conversation.now.unclear():
        return _ask_about_unclear(dispatcher, conversation)
    for rule in rules:
        if rule.ask_first is None or conversation.was_said(rule.ask_first):
            continue
        if rule.ask_about is None:
            dispatcher.utter_message(response="utter_follow_up_in_words", question=rule.ask_first)
            return None, None
        if rule.ask_about not in conversation.now.present:
            dispatcher.utter_message(response="utter_follow_up", question=rule.ask_first)
            return rule.ask_about, ASK_HAS
    return None, None
