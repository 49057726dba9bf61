"""Text in lower case without punctuation, for comparing whole phrases. Needs nothing but Python."""

import re

APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
"""For `str.translate`: every character that is typed for an apostrophe becomes one."""

_NO_LETTER_OR_DIGIT = re.compile(r"[^a-z0-9 ]+")


def plain_text(text: str, *, apostrophe: str = "", keeps_punctuation: bool = False) -> str:
    """Returns a text in lower case, as whole phrases are compared.

    Args:
        text: as typed.
        apostrophe: what stands for an apostrophe: nothing ("dont"), or a blank ("don t") where patterns need to tell
            "it's" from "its".
        keeps_punctuation: leaves every other character as it is; else only ASCII letters and digits are left, with
            single blanks between them.
    """
    plain = text.lower().translate(APOSTROPHES).replace("'", apostrophe)
    return plain if keeps_punctuation else " ".join(_NO_LETTER_OR_DIGIT.sub(" ", plain).split())
