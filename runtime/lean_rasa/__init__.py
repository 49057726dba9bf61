"""Lets Rasa 3.6.21 run with what this project uses of it, on today's Python and today's libraries.

Rasa imports at the top of its modules whatever any pipeline, database or platform might want: TensorFlow (1.4 GB),
eight clients of platforms and databases, setuptools. This package answers those imports, and only those, so that
neither disk nor start pays for them:

* what was *left out* of the environment (`lean_rasa.left_out`) is stood in for. Whoever uses it is told in one sentence
  which package to add; once that is installed, it is found before the stand-in, which then never shows.
* what is there but *seldom used* (`lean_rasa.deferred`), such as Rasa's own connectors, is loaded when it is used.
* what has *moved* in newer libraries (`lean_rasa.moved`) is put where Rasa looks for it.

A line in the environment's ``lean_rasa.pth`` calls `install` when Python starts, so that plain ``rasa train``,
``rasa run`` and the like work by hand. It must stay small: every Python of the environment runs it.
"""

import sys

_SERVED = frozenset({"rasa", "rasa_sdk", "sanic", "medspacy", "spacy"})
"""Packages whose imports are answered; all others find what is installed.

One thing Python does not allow: once Rasa has imported a stand-in, whoever imports exactly that name gets it, too. A
component of yours that tries for TensorFlow had better ask ``importlib.util.find_spec`` before it imports Rasa.
"""

_INSTALLED = False


def install() -> None:
    """Puts the two finders in place; doing it twice changes nothing."""
    global _INSTALLED
    if not _INSTALLED:
        _INSTALLED = True
        sys.meta_path.insert(0, _First())
        sys.meta_path.append(_Last())


def importer() -> str:
    """Returns the name of the module whose import is being answered, "" if it asks by ``importlib`` or is none of ours.

    Who asks by ``importlib.import_module`` wants to know whether a package is there (Rasa does before it trains), and
    must hear the truth.
    """
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name == "importlib":
            return ""
        if not name.startswith(("importlib.", "lean_rasa")):
            return name if name.partition(".")[0] in _SERVED else ""
        frame = frame.f_back
    return ""


class _First:
    """Asked before all others: mends what Rasa is about to look for, and defers what is seldom used."""

    _ANSWERED_IN = ("rasa.", "sanic.", "spacy.")

    def find_spec(self, name, path=None, target=None):
        """Finds a module, or returns None for the next finder to try."""
        if name == "rasa":
            from lean_rasa import moved

            moved.put_back()
        elif name.startswith(self._ANSWERED_IN):
            from lean_rasa import deferred, moved

            return deferred.find_spec(name) or moved.find_mended(name, path)
        return None


class _Last:
    """Asked when nobody has found a module: stands in for it if it was left out on purpose."""

    def find_spec(self, name, path=None, target=None):
        """Finds a stand-in, or returns None: there is no such module."""
        asking = importer()
        if not asking:
            return None
        from lean_rasa import left_out, moved

        return left_out.find_spec(name, asking) or moved.find_spec(name)
