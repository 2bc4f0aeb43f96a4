"""What a new installation starts with: lists that an administrator edits afterwards.

`install` adds what is missing, by key, and touches nothing that is there; it works on the models
of a migration as well as on those of the running product.
"""

from typing import Any

LEVELS = (
    (1, "긴급", "Critical"),
    (2, "높음", "High"),
    (3, "보통", "Medium"),
    (4, "낮음", "Low"),
    (5, "매우 낮음", "Very low"),
)

# key, Korean, English, waits for, pauses clocks
PENDING_REASONS = (
    ("requester", "요청자 회신 대기", "Waiting for requester", "requester", True),
    ("supplier", "공급업체 대기", "Waiting for supplier", "supplier", False),
    ("scheduled", "예정된 작업일 대기", "Scheduled for a later date", "other", False),
    ("change", "변경 이행 대기", "Waiting for a change", "other", False),
    ("other", "기타", "Other", "other", False),
)

RESOLUTION_CODES = (
    ("fixed", "영구 조치로 해결", "Fixed for good"),
    ("workaround", "임시 조치로 해결", "Solved by a workaround"),
    ("information", "안내로 해결", "Answered with information"),
    ("supplier", "공급업체에서 해결", "Fixed by the supplier"),
    ("by-itself", "자연 복구", "Recovered by itself"),
    ("not-reproducible", "재현되지 않음", "Could not be reproduced"),
    ("no-fault", "이상 없음", "No fault found"),
    ("duplicate", "중복", "Duplicate"),
    ("withdrawn", "요청자 철회", "Withdrawn by the requester"),
)

CAUSE_CATEGORIES = (
    ("hardware", "하드웨어", "Hardware"),
    ("software", "소프트웨어", "Software"),
    ("network", "네트워크", "Network"),
    ("configuration", "설정 오류", "Configuration"),
    ("account", "계정·권한", "Account or permission"),
    ("capacity", "용량 부족", "Capacity"),
    ("change", "변경으로 인한 장애", "Caused by a change"),
    ("human", "작업 실수", "Human error"),
    ("supplier", "공급업체", "Supplier"),
    ("security", "보안 사고", "Security incident"),
    ("unknown", "원인 미상", "Unknown"),
)

# key, Korean, English, what lies below it
CATEGORIES = (
    (
        "account",
        "계정·권한",
        "Accounts and access",
        (
            ("account-password", "비밀번호", "Password"),
            ("account-access", "권한 요청", "Permissions"),
        ),
    ),
    (
        "network",
        "네트워크",
        "Network",
        (
            ("network-vpn", "VPN·원격 접속", "VPN and remote access"),
            ("network-wireless", "무선망", "Wireless"),
            ("network-wired", "유선망", "Wired network"),
        ),
    ),
    (
        "device",
        "PC·주변기기",
        "Computers and devices",
        (
            ("device-computer", "PC·노트북", "Computer"),
            ("device-printer", "프린터", "Printer"),
            ("device-phone", "전화", "Phone"),
        ),
    ),
    (
        "mail",
        "메일·협업 도구",
        "Mail and collaboration",
        (
            ("mail-mail", "메일", "Mail"),
            ("mail-messenger", "메신저·화상 회의", "Messenger and meetings"),
        ),
    ),
    (
        "application",
        "업무 시스템",
        "Business applications",
        (
            ("application-error", "오류", "Error message"),
            ("application-slow", "느림", "Slow"),
        ),
    ),
    ("security", "보안", "Security", ()),
    ("other", "기타", "Other", ()),
)


def install(apps: Any) -> None:
    """Add the defaults that are missing. `apps` is a registry of models."""
    for level, ko, en in LEVELS:
        apps.get_model("tickets", "PriorityLevel").objects.get_or_create(
            level=level, defaults={"name_ko": ko, "name_en": en}
        )
    for impact in (1, 2, 3):
        for urgency in (1, 2, 3):
            apps.get_model("tickets", "PriorityCell").objects.get_or_create(
                impact=impact, urgency=urgency, defaults={"priority": impact + urgency - 1}
            )
    for position, (key, ko, en, waits_for, pauses) in enumerate(PENDING_REASONS, 1):
        extra = {"waits_for": waits_for, "pauses_clocks": pauses}
        _add(apps, "PendingReason", key, ko, en, position, **extra)
    for model, rows in (("ResolutionCode", RESOLUTION_CODES), ("CauseCategory", CAUSE_CATEGORIES)):
        for position, (key, ko, en) in enumerate(rows, 1):
            _add(apps, model, key, ko, en, position)
    for position, (key, ko, en, below) in enumerate(CATEGORIES, 1):
        parent = _add(apps, "Category", key, ko, en, position)
        for inner, (child, child_ko, child_en) in enumerate(below, 1):
            _add(apps, "Category", child, child_ko, child_en, inner, parent=parent)


def _add(apps: Any, model: str, key: str, ko: str, en: str, position: int, **extra: Any) -> Any:
    names = {"name_ko": ko, "name_en": en, "position": position}
    rows = apps.get_model("tickets", model).objects
    return rows.get_or_create(key=key, defaults=names | extra)[0]
