"""Modules that are there, but are loaded at their first use.

Rasa's own connectors, its RabbitMQ broker, its plots, and spaCy's command line.

Each stands for a module of the same name. What Rasa reads of it when it is imported is answered from here; the first
use of anything else loads the module itself.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from lean_rasa import left_out

_CONNECTORS = {
    "rasa.core.channels.botframework": ("BotFrameworkInput", "botframework"),
    "rasa.core.channels.console": ("CmdlineInput", "cmdline"),
    "rasa.core.channels.facebook": ("FacebookInput", "facebook"),
    "rasa.core.channels.hangouts": ("HangoutsInput", "hangouts"),
    "rasa.core.channels.mattermost": ("MattermostInput", "mattermost"),
    "rasa.core.channels.rocketchat": ("RocketChatInput", "rocketchat"),
    "rasa.core.channels.slack": ("SlackInput", "slack"),
    "rasa.core.channels.telegram": ("TelegramInput", "telegram"),
    "rasa.core.channels.twilio": ("TwilioInput", "twilio"),
    "rasa.core.channels.twilio_voice": ("TwilioVoiceInput", "twilio_voice"),
    "rasa.core.channels.webexteams": ("WebexTeamsInput", "webexteams"),
}
"""Rasa's connectors: the class that ``rasa.core.channels`` lists, and the name by which credentials ask for it."""

_BROKER = "rasa.core.brokers.pika"

_FUNCTIONS = {
    "rasa.utils.plotting": (),
    "spacy.cli": ("app", "info"),
    "spacy.cli.info": ("info",),
}
"""Modules of which functions are imported by name, and which."""


class _Deferred(ModuleType):
    """A module that loads itself when it is used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        if name in _CONNECTORS:
            title, channel = _CONNECTORS[name]
            setattr(self, title, _DeferredClass(name, title, channel))
        if name == _BROKER:
            self.PikaEventBroker = _DeferredClass(name, "PikaEventBroker")
        for function in _FUNCTIONS.get(name, ()):
            setattr(self, function, _function(name, function))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(load(self.__name__), name)


_loading: set[str] = set()


def load(name: str) -> ModuleType:
    """Returns the module itself, loaded now unless it was before.

    Raises:
        LeftOutError: it needs a package that was left out.
    """
    found = sys.modules.get(name)
    if found is not None and not isinstance(found, _Deferred):
        return found
    sys.modules.pop(name, None)
    _loading.add(name)
    try:
        module = import_module(name)
        if package := left_out.stood_in_for(vars(module).values()):
            raise left_out.error(name, package)
        return module
    except ImportError:
        sys.modules[name] = found or _Deferred(name)
        raise
    finally:
        _loading.discard(name)


class _DeferredClass:
    """Stands for a class: called, derived from or asked for anything but its name, it becomes that class."""

    def __init__(self, module: str, title: str, name: str = "") -> None:
        self._module, self.__name__, self._name = module, title, name
        self.__module__ = module

    def _itself(self) -> Any:
        return getattr(load(self._module), self.__name__)

    def name(self) -> str:
        """Returns the name by which credentials ask for a connector."""
        return self._name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._itself(), name)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._itself()(*arguments, **named)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._itself(),)

    def __instancecheck__(self, instance: Any) -> bool:
        # nothing can be of a class that was never loaded
        return not isinstance(sys.modules.get(self._module), _Deferred) and isinstance(instance, self._itself())

    def __subclasscheck__(self, subclass: Any) -> bool:
        return not isinstance(sys.modules.get(self._module), _Deferred) and issubclass(subclass, self._itself())


def _function(module: str, name: str):
    def call(*arguments, **named):
        return getattr(load(module), name)(*arguments, **named)

    call.__name__ = name
    return call


class _Plots(ModuleType):
    """Rasa's plots where matplotlib was left out: figures are written, pictures are not."""

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("plot_"):
            raise AttributeError(name)

        def plot(*arguments, **named) -> None:
            print(left_out.sentence("A picture of the results", "matplotlib"), file=sys.stderr)

        return plot


def find_spec(name: str) -> ModuleSpec | None:
    """Finds the deferred module of that name, unless it is just being loaded."""
    if name in _loading:
        return None
    if name == "rasa.utils.plotting" and left_out.is_left_out("matplotlib"):
        return ModuleSpec(name, left_out.Loader(_Plots))
    if name in _CONNECTORS or name in _FUNCTIONS or name == _BROKER:
        return ModuleSpec(name, left_out.Loader(_Deferred), is_package=name == "spacy.cli")
    return left_out.find_tensorflow_part(name)
