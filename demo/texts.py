"""Fills the slots of the demo's texts."""

import random
from collections.abc import Mapping
from typing import Any

from accounts.models import User
from demo.organisation import Organisation

ROOMS = ("한라", "설악", "지리", "북한산", "Hanra", "Seorak")
CODES = ("0x80070005", "E-4021", "ERR_TIMEOUT", "691", "0x0000007E", "ORA-01555", "C-2557", "SC542")


class Voice:
    """The words of one story in one person's language; slots are drawn once per story."""

    def __init__(
        self, rng: random.Random, organisation: Organisation, texts: Mapping[str, Any],
        story: Mapping[str, Any], requester: User,
    ) -> None:  # fmt: skip
        self.rng = rng
        language = "en" if requester.language == "en" else "ko"
        self.language = language
        self.story: Mapping[str, Any] = story[language]
        self.common: Mapping[str, Any] = texts["common"][language]
        # The n-th title, text, question and remedy of a story belong together.
        self.index = rng.randrange(len(self.story["titles"]))
        self.other = rng.randrange(len(self.common["asks"]))
        other = rng.choice(organisation.staff)
        self.slots = {
            "requester": self._name(requester),
            "agent": "",
            "person": self._name(other),
            "floor": rng.choice((5, 6, 7, 8, 9, 10)),
            "room": rng.choice(ROOMS[:4] if language == "ko" else ROOMS[4:]),
            "printer": rng.choice(("mfp-7f-a", "mfp-8f-a", "mfp-9f-a")),
            "pc": f"MRU-NB-{rng.randrange(100, 999)}",
            "time": f"{rng.randrange(8, 18):02d}:{rng.choice(('05', '10', '20', '30', '45'))}",
            "code": rng.choice(CODES),
            "ext": requester.extension,
            "number": str(rng.randrange(10_000, 99_999)),
        }

    def _name(self, user: User) -> str:
        roman = user.roman_name if self.language == "en" else ""
        return roman or user.display_name

    def speaks(self, agent: User) -> None:
        self.slots["agent"] = self._name(agent)

    def say(self, part: str) -> str:
        """The story's own text of that part where it has one, else a common one."""
        own = self.story.get(part, ())
        if self.index < len(own):
            text: str = own[self.index]
        elif part in ("asks", "answers"):
            text = self.common[part][self.other]
        else:
            text = self.rng.choice(self.common[part])
        return text.format_map(self.slots)
