"""The words of mails as delivered, and the only thing that is ever done to a template: {name}.

A template is text. A known name in braces is replaced once; nothing is evaluated, and what was
put in is not looked at again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from notifications.enums import DEFAULTS, Audience, What

PLACEHOLDERS = {
    "number": _("number of the record"),
    "title": _("title of the record"),
    "requester": _("name of the requester"),
    "actor": _("name of whoever did it"),
    "assignee": _("name of the assignee"),
    "team": _("name of the team"),
    "service": _("name of the service"),
    "status": _("status in the reader's words"),
    "priority": _("priority, such as P2"),
    "task": _("number and title of the task"),
    "metric": _("what is measured, such as resolution"),
    "percent": _("how much of the time is used, such as 75%"),
    "goal": _("the time agreed, such as 4 h"),
    "due": _("when it is due; of a major incident, when the next news come"),
    "text": _("what was written: description, reply or resolution"),
    "content": _("what an approval is asked for, line by line"),
    "line": _("the approval line: who decides, and how far it is"),
    "result": _("what became of an approval"),
    "link": _("address of the record"),
    "organisation": _("name of the organisation"),
}
_PLACEHOLDER = re.compile(r"\{([a-z_]{1,30})\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Words:
    """A mail's subject and body in both languages."""

    subject_ko: str
    subject_en: str
    body_ko: str
    body_en: str

    def subject(self, language: str) -> str:
        return self.subject_ko if language == "ko" else self.subject_en

    def body(self, language: str) -> str:
        return self.body_ko if language == "ko" else self.body_en


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its known names replaced; unknown ones stay as they are."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)


def unknown_names(template: str) -> list[str]:
    """Names in braces that nothing would be put in for."""
    return sorted({name for name in _PLACEHOLDER.findall(template) if name not in PLACEHOLDERS})


def one_line(text: str) -> str:
    """Text fit for a mail header: one line, no control characters, not too long."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


# The subject stays the same through a record's life, so that mail programs keep it together.
_SUBJECT = "[{number}] {title}"


def _words(body_ko: str, body_en: str) -> Words:
    return Words(_SUBJECT, _SUBJECT, body_ko, body_en)


_R, _D = Audience.REQUESTER, Audience.DESK
_TO_DESK = "{number} · {priority} · {service}"
_CLOCK_KO = "지표: {metric} · 목표: {goal} · 기한: {due}"
_CLOCK_EN = "{metric} · agreed: {goal} · due: {due}"
WORDS: dict[tuple[What, Audience], Words] = {
    (What.MAJOR_DECLARED, _R): _words(
        "중대 장애가 선언되었습니다.\n{title}\n\n다음 공지: {due}",
        "A major incident was declared.\n{title}\n\nNext news: {due}",
    ),
    (What.MAJOR_UPDATE, _R): _words(
        "중대 장애 상황 공지\n{title}\n\n{text}\n\n다음 공지: {due}",
        "News of the major incident\n{title}\n\n{text}\n\nNext news: {due}",
    ),
    (What.RECEIVED, _R): _words(
        "{requester}님, 요청이 접수되었습니다. 접수 번호는 {number}입니다.\n"
        "진행 상황을 이 주소로 알려 드리겠습니다.\n\n{text}",
        "{requester}, we have received your request. Its number is {number}.\n"
        "We will tell you here how it goes on.\n\n{text}",
    ),
    (What.REPLIED, _R): _words("{actor}님이 답변했습니다.\n\n{text}", "{actor} replied:\n\n{text}"),
    (What.ANSWERED, _R): _words(
        "{actor}님이 글을 남겼습니다.\n\n{text}", "{actor} wrote:\n\n{text}"
    ),
    (What.WATCHING, _R): _words(
        "{actor}님이 이 요청의 참조자로 추가했습니다. 진행 상황을 알려 드리겠습니다.",
        "{actor} made you a watcher of this request. We will tell you how it goes on.",
    ),
    (What.WAITING, _R): _words(
        "처리를 계속하려면 {requester}님의 답변이 필요합니다. 여기에서 답변해 주세요.\n\n{link}",
        "We need an answer from you, {requester}, to go on. Please answer here:\n\n{link}",
    ),
    (What.RESOLVED, _R): _words(
        "요청이 해결되었습니다.\n\n{text}\n\n"
        "문제가 계속되면 아래 주소에서 ‘다시 열기’를 눌러 주세요.\n{link}",
        "Your request is resolved.\n\n{text}\n\n"
        "If it is not, open this page and choose “Reopen”:\n{link}",
    ),
    (What.REOPENED, _R): _words("요청을 다시 처리합니다.", "Your request is being handled again."),
    (What.CLOSED, _R): _words(
        "요청이 종료되었습니다. 같은 문제가 다시 생기면 후속 요청을 남겨 주세요.\n{link}",
        "Your request is closed. If the same happens again, open a follow-up here:\n{link}",
    ),
    (What.CANCELLED, _R): _words(
        "요청이 취소되었습니다. 궁금한 점은 아래 주소에서 확인해 주세요.\n{link}",
        "Your request was cancelled. You can look it up here:\n{link}",
    ),
    (What.MERGED, _R): _words(
        "같은 내용의 다른 요청에 병합되었습니다. 앞으로는 아래 요청에서 이어서 처리합니다.\n"
        "{text}\n\n{link}",
        "Your request was merged with another one about the same matter. It goes on there:\n"
        "{text}\n\n{link}",
    ),
    (What.STATUS, _R): _words("현재 상태: {status}", "It is now: {status}"),
    (What.MAJOR_DECLARED, _D): _words(
        f"중대 인시던트가 선언되었습니다.\n{_TO_DESK}\n요청자: {{requester}}\n다음 공지: {{due}}",
        f"A major incident was declared.\n{_TO_DESK}\nRequester: {{requester}}\nNext news: {{due}}",
    ),
    (What.MAJOR_PROPOSED, _D): _words(
        f"중대 인시던트 후보입니다. 확인하고 결정해 주세요.\n{_TO_DESK}\n{{link}}",
        f"This may be a major incident. Please look and decide.\n{_TO_DESK}\n{{link}}",
    ),
    (What.MAJOR_UPDATE, _D): _words(
        f"중대 인시던트 상황 공지\n{_TO_DESK}\n\n{{text}}\n\n다음 공지: {{due}}",
        f"News of the major incident\n{_TO_DESK}\n\n{{text}}\n\nNext news: {{due}}",
    ),
    (What.SLA_WARNING, _D): _words(
        f"목표 시간의 {{percent}}를 사용했습니다.\n{_CLOCK_KO}\n{_TO_DESK}\n담당자: {{assignee}}",
        f"{{percent}} of the time is used.\n{_CLOCK_EN}\n{_TO_DESK}\nAssignee: {{assignee}}",
    ),
    (What.SLA_BREACH, _D): _words(
        f"목표 시간을 넘겼습니다.\n{_CLOCK_KO}\n{_TO_DESK}\n담당자: {{assignee}}",
        f"A target was missed.\n{_CLOCK_EN}\n{_TO_DESK}\nAssignee: {{assignee}}",
    ),
    (What.ESCALATED, _D): _words(
        "목표 시간을 넘긴 뒤에도 끝나지 않아 에스컬레이션되었습니다.\n"
        f"{_CLOCK_KO}\n{_TO_DESK}\n담당 팀: {{team}}\n담당자: {{assignee}}",
        "Its target was missed and it is still open: it is escalated to you.\n"
        f"{_CLOCK_EN}\n{_TO_DESK}\nTeam: {{team}}\nAssignee: {{assignee}}",
    ),
    (What.MENTIONED, _D): _words(
        "{actor}님이 회원님을 멘션했습니다.\n\n{text}", "{actor} mentions you:\n\n{text}"
    ),
    (What.ASSIGNED, _D): _words(
        f"회원님에게 배정되었습니다.\n{_TO_DESK}\n요청자: {{requester}}\n\n{{text}}",
        f"Assigned to you.\n{_TO_DESK}\nRequester: {{requester}}\n\n{{text}}",
    ),
    (What.TASK, _D): _words("작업이 배정되었습니다.\n{task}", "A task was given to you.\n{task}"),
    (What.WATCHING, _D): _words(
        f"{{actor}}님이 참조자로 추가했습니다.\n{_TO_DESK}",
        f"{{actor}} made you a watcher.\n{_TO_DESK}",
    ),
    (What.REPLIED, _D): _words(
        "{actor}님이 요청자에게 답변했습니다.\n\n{text}",
        "{actor} replied to the requester:\n\n{text}",
    ),
    (What.ANSWERED, _D): _words(
        "{actor}님이 답변했습니다.\n\n{text}", "{actor} answered:\n\n{text}"
    ),
    (What.NOTED, _D): _words(
        "{actor}님이 내부 메모를 남겼습니다.\n\n{text}",
        "{actor} wrote an internal note:\n\n{text}",
    ),
    (What.WAITING, _D): _words("요청자의 답변을 기다립니다.", "It waits for the requester."),
    (What.RESOLVED, _D): _words("해결되었습니다.\n\n{text}", "It is resolved.\n\n{text}"),
    (What.REOPENED, _D): _words(f"재오픈되었습니다.\n{_TO_DESK}", f"It was reopened.\n{_TO_DESK}"),
    (What.CLOSED, _D): _words("종료되었습니다.", "It is closed."),
    (What.CANCELLED, _D): _words("취소되었습니다.", "It was cancelled."),
    (What.MERGED, _D): _words(
        "다른 티켓에 병합되었습니다.\n{text}", "It was merged into another record.\n{text}"
    ),
    (What.STATUS, _D): _words("현재 상태: {status}", "It is now: {status}"),
    (What.PRIORITY, _D): _words("우선순위: {priority}", "Priority: {priority}"),
    (What.TASK_CHANGED, _D): _words("작업이 변경되었습니다.\n{task}", "A task changed.\n{task}"),
    (What.TEAM_WORK, _D): _words(
        f"{{team}}에 새 일이 들어왔습니다.\n{_TO_DESK}\n요청자: {{requester}}\n\n{{text}}",
        f"New work for {{team}}.\n{_TO_DESK}\nRequester: {{requester}}\n\n{{text}}",
    ),
    (What.UNASSIGNED, _D): _words("담당자가 변경되었습니다.", "It is no longer assigned to you."),
    **dict.fromkeys(
        ((What.APPROVAL_ASKED, _R), (What.APPROVAL_ASKED, _D)),
        _words(
            "{requester}님의 요청입니다. 확인하고 결재해 주세요.\n{title}\n\n{content}\n\n"
            "결재선\n{line}\n결재 기한: {due}",
            "{requester} asks for your approval.\n{title}\n\n{content}\n\n"
            "Approval line\n{line}\nPlease decide by: {due}",
        ),
    ),
    **dict.fromkeys(
        ((What.APPROVAL_REMIND, _R), (What.APPROVAL_REMIND, _D)),
        _words(
            "결재를 기다리고 있습니다.\n{title}\n요청자: {requester}\n\n{content}\n\n"
            "결재 기한: {due}",
            "Your approval is still awaited.\n{title}\nRequester: {requester}\n\n{content}\n\n"
            "Please decide by: {due}",
        ),
    ),
    **dict.fromkeys(
        ((What.APPROVAL_OVERDUE, _R), (What.APPROVAL_OVERDUE, _D)),
        _words(
            "결재 기한이 지났습니다.\n{title}\n요청자: {requester}\n결재 기한: {due}\n\n"
            "결재선\n{line}",
            "A decision is overdue.\n{title}\nRequester: {requester}\nIt was due: {due}\n\n"
            "Approval line\n{line}",
        ),
    ),
    **dict.fromkeys(
        ((What.APPROVAL_DECIDED, _R), (What.APPROVAL_DECIDED, _D)),
        _words(
            "결재 결과: {result}\n{title}\n\n{text}\n\n결재선\n{line}",
            "Decision: {result}\n{title}\n\n{text}\n\nApproval line\n{line}",
        ),
    ),
    **dict.fromkeys(
        ((What.APPROVAL_VOIDED, _R), (What.APPROVAL_VOIDED, _D)),
        _words(
            "더 이상 결재하지 않아도 됩니다.\n{title}\n{result}\n\n{text}",
            "You need not decide this any more.\n{title}\n{result}\n\n{text}",
        ),
    ),
    (What.SERVICE_REVIEW, _D): Words(
        "서비스 검토: {title}",
        "Service review: {title}",
        "서비스 정보를 검토할 때가 되었습니다.\n{title}\n검토 기한: {due}\n\n{text}",
        "What is written about this service is due for review.\n{title}\nDue: {due}\n\n{text}",
    ),
    (What.ARTICLE_REVIEW, _D): Words(
        "지식 문서 검토: {title}",
        "Article review: {title}",
        "지식 문서를 검토할 때가 되었습니다.\n{title}\n검토 기한: {due}\n\n{text}",
        "This article is due for review.\n{title}\nDue: {due}\n\n{text}",
    ),
    (What.FEEDBACK, _D): Words(
        "낮은 평가: {title}",
        "Low score: {title}",
        "낮은 평가를 받았습니다.\n{title}\n\n{text}",
        "Somebody gave a low score.\n{title}\n\n{text}",
    ),
}
if (
    missing := {(what, audience) for audience, known in DEFAULTS.items() for what in known}
    ^ WORDS.keys()
):
    raise LookupError(f"notices without words, or words without a notice: {missing}")
