"""Believable texts in two languages, from a seeded random source."""

import random


def _each(text: str) -> list[str]:
    return text.split("|")


FAMILIES = list("김이박최정강조윤장임한오서신권황안송류홍")
GIVEN = [a + b for a in "민서지도하예준현성유진수" for b in "준윤우원호후연아영희민진"]
ROMAN_FAMILIES = _each(
    "Kim|Lee|Park|Choi|Jung|Kang|Cho|Yoon|Jang|Lim|Han|Oh|Seo|Shin|Kwon|Hwang|Ahn|Song|Ryu|Hong"
)
ROMAN_GIVEN = _each("Minjun|Seoyeon|Jiho|Doyun|Haeun|Yejin|Junho|Hyunwoo|Sungmin|Yujin|Jina|Suah")
PLACES = _each("본관 3층|별관 회의실|판교 사옥|부산 지사|Seoul HQ|Building B|Busan office|3F lobby")
THINGS_KO = _each(
    "프린터|노트북|VPN|전자결재|메일|사내 메신저|공유 폴더|회의실 화면|ERP|인사 "
    "시스템|무선 인터넷|모니터|출입 카드|그룹웨어|백업 서버|데이터베이스|방화벽|원격 "
    "접속|휴대전화|보안 프로그램"
)
TROUBLE_KO = _each(
    "접속이 안 됩니다|로그인 오류|속도가 매우 느립니다|동기화되지 않습니다|비밀번호 초기화 "
    "요청|화면이 멈춥니다|결재 상신이 되지 않습니다|파일이 열리지 않습니다|권한을 "
    "신청합니다|설치를 요청합니다|자꾸 끊깁니다|인쇄가 되지 않습니다|알림이 오지 "
    "않습니다|용량이 부족합니다"
)
THINGS_EN = _each(
    "printer|laptop|VPN|mailbox|shared drive|Outlook|Teams|meeting room display|ERP|HR "
    "portal|Wi-Fi|monitor|badge reader|intranet|backup server|database|firewall|remote "
    "desktop|phone"
)
TROUBLE_EN = _each(
    "cannot connect|login fails|is very slow|does not synchronise|password reset "
    "needed|freezes|shows an error|will not open files|access request|installation "
    "request|keeps disconnecting|does not print|sends no notifications|is out of space"
)
MORE_KO = _each(
    "오늘 아침부터 같은 증상이 반복됩니다.|다시 시작해도 똑같습니다.|같은 팀의 다른 분들은 "
    "정상입니다.|급한 업무가 있어 빠른 확인 부탁드립니다.|지난주 업데이트 이후에 생긴 것 "
    "같습니다.|화면을 첨부합니다.|확인 후 연락드리겠습니다.|조치했습니다. 다시 확인해 "
    "주세요.|담당 부서에 문의해 두었습니다.|네트워크 케이블을 교체했습니다.|계정 잠금을 "
    "해제했습니다."
)
MORE_EN = _each(
    "It has happened since this morning.|Restarting did not help.|My colleagues are not "
    "affected.|Please look at it soon because I have a deadline.|It started after last "
    "week's update.|A screenshot is attached.|I will check and come back to you.|Fixed. "
    "Please try again.|I asked the network team about it.|The cable has been replaced.|The "
    "account is unlocked now."
)
# One in so many records holds this, inside a word where there is one.
RARE = {"사내챗봇에서": 50_000, "quarantine": 20_000, "양자내성암호": 200_000}
ABSENT = ("없말", "xylophone")


class Texts:
    """Titles, descriptions and comments from one random source."""

    def __init__(self, source: random.Random) -> None:
        self.source = source

    def title(self, korean: bool) -> str:
        pick, number = self.source.choice, self.source.random()
        things, trouble = (THINGS_KO, TROUBLE_KO) if korean else (THINGS_EN, TROUBLE_EN)
        text = f"{pick(things)} {pick(trouble)}"
        if number < 0.3:
            text = f"[{pick(PLACES)}] {text}"
        elif number < 0.5:
            text += f" (host-{int(number * 1e6) % 20_000})"
        elif number < 0.6:
            text += f" 0x{int(number * 1e9) % 65_536:04X}"
        return text

    def body(self, korean: bool) -> str:
        pick = self.source.choice
        more = MORE_KO if korean else MORE_EN
        things = THINGS_KO if korean else THINGS_EN
        return f"{pick(more)} {pick(things)}: {pick(more)}"

    def person(self) -> tuple[str, str]:
        """A Korean name and its romanised form, which need not be the same person's."""
        at = self.source.randrange(len(FAMILIES))
        roman = f"{self.source.choice(ROMAN_GIVEN)} {ROMAN_FAMILIES[at]}"
        return FAMILIES[at] + self.source.choice(GIVEN), roman
