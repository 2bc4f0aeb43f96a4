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
        self.story = {**texts["common"][language], **story[language]}
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
        """One of the texts of that part."""
        text: str = self.rng.choice(self.story[part]).format_map(self.slots)
        return text
