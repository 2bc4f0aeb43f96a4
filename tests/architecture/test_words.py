"""Korean as people of the field write it: interface.md sections 5.3, 5.5 and 5.6."""

import re
from pathlib import Path

from itsm.stack import messages

CATALOGUE = Path(messages.CATALOGUE)
# word → what it is called instead
NEVER = {
    "대리인": "상담원 / 담당자",
    "결의안": "해결 내용",
    "결제": "결재",
    "릴리즈": "릴리스",
    "이슈": "문제",
    "태스크": "작업",
    "백로그": "미처리",
    "라벨": "태그 / 항목 이름",
    "수출": "내보내기",
    "죄송합니다": "what to do next",
    "유효하지 않": "what to do next",
    "하십시오": "-해 주세요",
}
PARTICLE = re.compile(r"(?:%\(\w+\)s|\{\w+\})(?:을|를|이|가|은|는|과|와|으로|로)(?![가-힣])")


def translations() -> list[str]:
    texts = []
    for message in messages.stored():
        if message.id:
            both = message.string if isinstance(message.string, tuple | list) else [message.string]
            texts += list(both)
    return texts


def test_words_that_mean_something_else_here_are_not_used():
    found = [(word, text) for text in translations() for word in NEVER if word in text]
    assert found == []


def test_no_particle_is_glued_to_a_name_or_number():
    """이/가 depend on the last sound, which nobody knows beforehand."""
    assert [text for text in translations() if PARTICLE.search(text)] == []


def test_things_are_not_honoured():
    assert [text for text in translations() if re.search(r"되셨|되십|드렸습니다만", text)] == []
