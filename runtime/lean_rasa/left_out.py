"""Modules and classes that stand in for packages which the environment leaves out.

They can be imported, named in annotations and derived from, which is all that Rasa's modules do with them when they
are imported. Using one raises `LeftOutError` with one sentence that names the package to add.
"""

import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_PACKAGES = {
    "aio_pika": "aio-pika",
    "aiogram": "aiogram<3",
    "aiormq": "aio-pika",
    "azure": "azure-storage-blob",
    "boto3": "boto3",
    "botocore": "boto3",
    "cachecontrol": "cachecontrol",
    "confluent_kafka": "confluent-kafka",
    "fbmessenger": "fbmessenger",
    "google.auth": "google-auth",
    "google.cloud": "google-cloud-storage",
    "google.oauth2": "google-auth",
    "jieba": "jieba",
    "keras": "tensorflow",
    "matplotlib": "matplotlib",
    "mattermostwrapper": "mattermostwrapper",
    "mitie": "mitie",
    "PyRuSH": "PyRuSH",
    "pymongo": "pymongo",
    "pysbd": "pysbd",
    "quickumls": "medspacy-quickumls",
    "rocketchat_API": "rocketchat_API",
    "sentry_sdk": "sentry-sdk",
    "sklearn_crfsuite": "sklearn-crfsuite",
    "skops": "skops",
    "tensorflow": "tensorflow",
    "tensorflow_addons": "tensorflow",
    "tensorflow_hub": "tensorflow",
    "tensorflow_text": "tensorflow",
    "transformers": "tensorflow",
    "webexteamssdk": "webexteamssdk",
}
"""What is imported, and the package that brings it."""

_OF_TENSORFLOW = frozenset(
    f"rasa.utils.tensorflow.{name}"
    for name in (
        "callback", "crf", "data_generator", "feature_array", "layers", "layers_utils", "metrics", "model_data",
        "model_data_utils", "models", "rasa_layers", "transformer", "types",
    )
)  # fmt: skip
"""Rasa's modules that are of use with TensorFlow alone; they import scikit-learn besides, at every start."""

_STOCK = (
    "tensorflow, which is left out here: Rasa needs TensorFlow 2.12, which runs on Python 3.10 and older, so make an "
    "environment of its own for this project with 'pip install rasa==3.6.21' there"
)


def package_of(name: str) -> str | None:
    """Returns the package that brings the module `name`, None where it is none of those that are left out."""
    parts = name.split(".")
    return _PACKAGES.get(parts[0]) or _PACKAGES.get(".".join(parts[:2]))


def sentence(needed_by: str, package: str) -> str:
    """Returns what to say to who uses what was left out."""
    if package == "tensorflow":
        return f"{needed_by} needs the package {_STOCK}."
    return f"{needed_by} needs the package {package}, which is left out here; add it: pip install '{package}'"


def error(needed_by: str, package: str) -> Exception:
    """Returns an error that Rasa's command line prints as one line, and that counts as an ImportError."""
    from rasa.shared.exceptions import RasaException

    class LeftOutError(RasaException, ImportError):
        """A package is used that the environment leaves out."""

    return LeftOutError(sentence(needed_by, package))


def _user() -> str:
    """Returns who uses a stand-in: the class, else the module, of the nearest frame outside this package."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith(("lean_rasa", "importlib")):
        frame = frame.f_back
    if frame is None:
        return "This"
    owner = frame.f_locals.get("self") or frame.f_locals.get("cls")
    owner = owner if isinstance(owner, type) or owner is None else type(owner)
    return owner.__name__ if owner is not None else frame.f_globals.get("__name__", "This")


class _StandInType(type):
    """The type of all stand-ins: classes with any attribute, that cannot be used.

    They are exceptions, since Rasa names some of them after ``except``.
    """

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(name, cls.__module__)

    def __call__(cls, *arguments, **named):
        package = package_of(cls.__module__) or _package_of_base(cls)
        raise error(_user(), package)

    def __getitem__(cls, key):
        return cls

    def __iter__(cls):  # without it Python would go by __getitem__, without end
        return iter(())

    def __or__(cls, other):
        return cls

    __ror__ = __or__


def _package_of_base(cls: type) -> str:
    """Returns the package of the stand-in that a class of Rasa's is derived from."""
    return next((package for base in cls.__mro__ if (package := package_of(base.__module__))), "tensorflow")


def _stand_in(name: str, module: str) -> type:
    return _StandInType(name, (Exception,), {"__module__": module})


class _StandIn(ModuleType):
    """A module that has whatever is asked of it."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _stand_in(name, self.__name__)
        setattr(self, name, made)
        return made


class Loader:
    """Makes a module of a kind that needs nothing but its name."""

    def __init__(self, kind: type[ModuleType]) -> None:
        """Takes the kind."""
        self._kind = kind

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Makes the module."""
        return self._kind(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Does nothing: there is no code to run."""


def stood_in_for(values: Iterable[object]) -> str | None:
    """Returns the package of the first stand-in among some values, None where there is none."""
    for value in values:
        if isinstance(value, (_StandIn, _StandInType)):
            return package_of(value.__name__ if isinstance(value, ModuleType) else value.__module__)
    return None


def is_left_out(name: str) -> bool:
    """Tells whether a package is missing from the environment."""
    found = sys.modules.get(name)
    return isinstance(found, _StandIn) or (found is None and PathFinder.find_spec(name) is None)


_LOADED_WHEN_WANTED = ("rasa.core.channels.", "rasa.core.brokers.kafka", "rasa.nlu.persistor")
"""Modules of Rasa's that are loaded only where somebody has asked for them: what they lack is said at once."""


def find_spec(name: str, importer: str) -> ModuleSpec | None:
    """Finds the stand-in of a module that was left out.

    Args:
        name: of the module.
        importer: name of the module that imports it.

    Raises:
        LeftOutError: the importer is of no use without it.
    """
    package = package_of(name)
    if package is None:
        return None
    if importer.startswith(_LOADED_WHEN_WANTED):
        raise error(importer, package)
    return ModuleSpec(name, Loader(_StandIn), is_package=True)


def find_tensorflow_part(name: str) -> ModuleSpec | None:
    """Finds the stand-in of a module of Rasa's that is of use with TensorFlow alone, where that was left out."""
    if name in _OF_TENSORFLOW and is_left_out("tensorflow"):
        return ModuleSpec(name, Loader(_StandIn))
    return None
